"""A new seller's package is held: they read why, contest it without help, and it goes on."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from releases import disputes, vetting
from releases.models import Dispute, Release
from releases.states import State
from tests.factories.catalog import VendorFactory
from tests.gallery import Visit
from tests.live import LiveSite
from tests.mog_package import packages
from tests.releases.people import staff

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_PASSWORD = "h8Kq2vLx93mZ"
_FILES = packages.files() | {"content/notes.md": f"# Notes\n\npassword = '{_PASSWORD}'\n".encode()}


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def visit(chromium: Browser, live: LiveSite, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A browser with scripts, and one without."""
    context = chromium.new_context(base_url=live.base_url, java_script_enabled=request.param)
    yield Visit(live, context, context.new_page())
    context.close()


def upload(page: Page) -> Release:
    """Send the package, to be published; return its release, scanned."""
    page.goto("/sell/upload")
    archive = packages.zipped(_FILES).getvalue()
    file = {"name": "package.zip", "mimeType": "application/zip", "buffer": archive}
    page.get_by_label("Archive", exact=True).set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    page.get_by_label("Package name").fill("acme/pdf-tools")
    page.get_by_label("Version").fill("1.0.0")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting for its scan")).to_be_visible()
    vetting.vet(Release.objects.get().pk)
    page.reload()
    return Release.objects.get()


def contest(page: Page) -> None:
    """Contest what stops it, the first time with nothing to say."""
    finding = page.locator("li.finding", has_text="content/notes.md:3")
    finding.locator("summary", has_text="Contest it").click()
    send: Callable[[], None] = finding.get_by_role("button", name="Send to a person").click
    finding.get_by_label("Why is this finding wrong?").fill(" ")
    send()
    expect(page.get_by_role("link", name="Say why; a person reads it.")).to_be_visible()
    finding.get_by_label("Why is this finding wrong?").fill("It opens the sample server only.")
    send()
    expect(page.get_by_text("A person will read what you have written")).to_be_visible()


def test_a_new_seller_contests_a_finding_without_help(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    page = visit.page
    assert upload(page).state == State.HELD
    for words in (
        "Held for review",
        "We aim to decide by",
        "content/notes.md:3",
        "Passwords, keys and tokens",
        "Treat what was found as stolen",
        "If one is wrong, contest it and say why",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    assert _PASSWORD not in page.content()
    contest(page)
    expect(page.get_by_text("You have contested this. A person will answer.")).to_be_visible()
    answer = "Yes, everybody may have that one."
    disputes.accept(Dispute.objects.get(), reason=answer, by=staff(), now=timezone.now())
    page.reload()
    expect(page.get_by_role("heading", name="Published", exact=True)).to_be_visible()
    expect(page.get_by_text("a person agrees: it counts for nothing")).to_be_visible()
    expect(page.get_by_text(answer).first).to_be_visible()
    assert _PASSWORD not in page.content()
