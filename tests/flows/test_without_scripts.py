"""Everything works in a browser that runs no scripts."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Credential, CredentialKind
from tests import devices
from tests.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def page(chromium: Browser, live: LiveSite) -> Iterator[Page]:
    """Somebody who has just signed in, in a browser without scripts."""
    context = chromium.new_context(base_url=live.base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in?next=/settings/tokens")
    page.get_by_role("button", name="Continue with GitHub").click()
    expect(page.get_by_role("heading", name="No tokens yet")).to_be_visible()
    yield page
    context.close()


def test_a_token_is_created_and_revoked(page: Page) -> None:
    page.get_by_role("link", name="New token").click()
    page.get_by_label("Label").fill("laptop")
    page.get_by_role("button", name="Create token").click()
    expect(page.locator("#token-plaintext")).to_contain_text("mog_pat_")
    expect(page.get_by_role("button", name="Copy the token")).to_have_count(0)
    page.get_by_role("link", name="I have copied it").click()
    page.locator("summary", has_text="laptop").click()
    page.get_by_role("button", name="Revoke this token").click()
    expect(page.get_by_role("heading", name="No tokens yet")).to_be_visible()
    assert Credential.objects.get(kind=CredentialKind.PERSONAL).revoked_at is not None


def test_a_device_is_let_in(page: Page) -> None:
    started = devices.started(timezone.now())
    page.goto("/device")
    page.get_by_label("Code").fill(started.user_code)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Device approved")).to_be_visible()
    assert devices.grant_of(started).state == "approved"


def test_somebody_signs_out(page: Page) -> None:
    page.locator("header summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert not Credential.objects.filter(revoked_at__isnull=True).exists()
