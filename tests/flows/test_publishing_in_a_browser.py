"""From a zip to the shelf in a browser, with and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from releases import vetting
from releases.models import Release
from tests.chromium import Tab
from tests.gallery import Visit
from tests.live import LiveSite
from tests.mog_package import packages

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_ARCHIVE = packages.zipped(packages.files()).getvalue()


@pytest.fixture
def plain(chromium: Browser, live: LiveSite) -> Iterator[Visit]:
    """A browser without scripts."""
    context = chromium.new_context(base_url=live.base_url, java_script_enabled=False)
    yield Visit(live, context, context.new_page())
    context.close()


def upload(page: Page) -> None:
    """Become a vendor and send a package that is to be published later."""
    page.goto("/sell")
    page.get_by_role("link", name="Begin to sell").click()
    page.get_by_label("Name", exact=True).fill("acme")
    page.get_by_label("Display name").fill("Acme")
    page.get_by_role("button", name="Take this name").click()
    page.get_by_role("link", name="Upload a package").click()
    file = {"name": "package.zip", "mimeType": "application/zip", "buffer": _ARCHIVE}
    page.get_by_label("Archive", exact=True).set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    page.get_by_label("Package name").fill("acme/pdf-tools")
    page.get_by_label("Version").fill("1.0.0")
    page.get_by_label("Publish it as soon as").uncheck()
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting for its scan")).to_be_visible()


def publish_and_get(page: Page, visit: Visit) -> None:
    """Publish what was accepted, look at its page, withdraw it."""
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Published", exact=True)).to_be_visible()
    page.get_by_role("link", name="See its page").click()
    expect(page.get_by_text("mog install acme/pdf-tools")).to_be_visible()
    page.go_back()
    page.locator("summary", has_text="Withdraw this release").click()
    page.get_by_label("Why do you withdraw it?").fill("It was a test.")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_role("heading", name="Withdrawn", exact=True)).to_be_visible()


def test_the_page_follows_the_scan_by_itself(live: LiveSite, tab: Tab) -> None:
    visit = Visit(live, tab.page.context, tab.page)
    visit.sign_in()
    upload(tab.page)
    vetting.vet(Release.objects.get().pk)
    expect(tab.page.get_by_role("heading", name="Accepted")).to_be_visible()
    expect(tab.page.get_by_role("status").filter(has_text="Accepted")).to_have_count(1)
    publish_and_get(tab.page, visit)


def test_it_works_without_scripts(plain: Visit) -> None:
    plain.sign_in()
    upload(plain.page)
    vetting.vet(Release.objects.get().pk)
    plain.page.get_by_role("link", name="Check again").click()
    expect(plain.page.get_by_role("heading", name="Accepted")).to_be_visible()
    publish_and_get(plain.page, plain)
    assert User.objects.count() == 1
