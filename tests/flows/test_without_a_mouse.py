"""Everything by keyboard, and the focus always to be seen."""

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import Credential, CredentialKind
from tests import devices
from tests.chromium import Tab
from tests.gallery import PAGES, Visit
from tests.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_STOPS_AT_MOST = 40


def reach(page: Page, words: str) -> None:
    """Press Tab until what reads `words` has the focus; every stop on the way shows itself."""
    for _ in range(_STOPS_AT_MOST):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        if words in (focused.text_content() or focused.get_attribute("name") or ""):
            return
    pytest.fail(f"Tab never reaches {words!r} at {page.url}")


def test_a_device_is_let_in_from_the_sign_in_on(live: LiveSite, tab: Tab) -> None:
    page, started = tab.page, devices.started(timezone.now())
    page.goto(f"/device?user_code={started.user_code}")
    reach(page, "Continue with GitHub")
    page.keyboard.press("Enter")
    page.wait_for_url("**/device?**")
    reach(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/device/dvg_*")
    reach(page, "Approve")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Device approved")).to_be_visible()
    assert devices.grant_of(started).state == "approved"


def test_a_code_can_be_typed_at_once(live: LiveSite, context: BrowserContext, tab: Tab) -> None:
    PAGES["device"](Visit(live, context, tab.page))
    tab.page.keyboard.type(devices.started(timezone.now()).user_code.lower())
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("heading", name="Let this device in?")).to_be_visible()


def test_the_first_stop_skips_to_the_content(live: LiveSite, tab: Tab) -> None:
    tab.page.goto("/")
    reach(tab.page, "Skip to content")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("main")).to_be_focused()


def test_a_form_that_comes_back_says_first_what_is_wrong(
    live: LiveSite, context: BrowserContext, tab: Tab
) -> None:
    PAGES["token-new-incomplete"](Visit(live, context, tab.page))
    expect(tab.page.locator(".error-summary")).to_be_focused()
    reach(tab.page, "Label")
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_label("Label")).to_be_focused()


def test_a_question_is_left_by_escape(live: LiveSite, context: BrowserContext, tab: Tab) -> None:
    PAGES["tokens"](Visit(live, context, tab.page))
    question = tab.page.locator("[data-confirm][open]")
    reach(tab.page, "Revoke this token")
    tab.page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(tab.page.locator(":focus")).to_contain_text("Revoke")
    kinds = [CredentialKind.PERSONAL, CredentialKind.DEVICE]
    assert not Credential.objects.filter(kind__in=kinds, revoked_at__isnull=False).exists()
