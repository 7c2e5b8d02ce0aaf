"""Passkeys by the browser's own authenticator, and codes in a browser without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from accounts import dev_sign_in
from accounts.models import User
from accounts.second_factors import owned
from audit.actions import Action
from audit.models import Event
from tests import live as live_module
from tests.chromium import Tab
from tests.live import LiveSite
from tests.second_factors import code_at

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def named_site(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """A site under a name: browsers make no passkeys for an address."""
    with live_module.serving(tmp_path_factory, host="localhost") as site:
        yield site


@pytest.fixture
def site(transactional_db: None, named_site: LiveSite) -> LiveSite:
    """The site over an empty database."""
    return named_site


@pytest.fixture
def named_context(chromium: Browser, site: LiveSite) -> Iterator[BrowserContext]:
    """A browser without a past at that site."""
    context = chromium.new_context(base_url=site.base_url)
    yield context
    context.close()


@pytest.fixture
def named_tab(named_context: BrowserContext) -> Iterator[Tab]:
    """An empty tab of it, whose policy refuses nothing."""
    tab = Tab(named_context.new_page())
    tab.page.on("console", tab.hear)
    yield tab
    assert tab.refusals == []


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """Give the tab a virtual authenticator; return the session to reach it by, and its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    return session, made["authenticatorId"]


def sign_in(page: Page, user: User) -> None:
    """Open a development link."""
    page.goto(dev_sign_in.create_path(user, next_path="/settings/two-step", now=timezone.now()))
    page.get_by_role("button").last.click()


def add_passkey(page: Page, *, name: str = "laptop") -> None:
    """Add a passkey on its page."""
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add the passkey").click()


def let_proof_age(context: BrowserContext) -> None:
    """Let the last proof of identity be long ago."""
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    session["proven_at"] = 0
    session.save()


def test_a_passkey_is_added_and_signs_in(
    alice: User, named_tab: Tab, named_context: BrowserContext
) -> None:
    page = named_tab.page
    plug_in(page)
    sign_in(page, alice)
    add_passkey(page)
    expect(page.get_by_role("heading", name="Keep your recovery codes")).to_be_visible()
    assert owned.owned_by(alice).passkeys[0].name == "laptop"

    named_context.clear_cookies()
    sign_in(page, alice)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Two-step verification", level=1)).to_be_visible()
    event = Event.objects.filter(action=Action.SIGN_IN_SUCCEEDED).latest("pk")
    assert event.data == '{"provider":"development","second_factor":"passkey"}'


def test_a_passkey_steps_up(alice: User, named_tab: Tab, named_context: BrowserContext) -> None:
    page = named_tab.page
    plug_in(page)
    sign_in(page, alice)
    add_passkey(page)
    let_proof_age(named_context)
    page.goto("/settings/tokens/new")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="New token")).to_be_visible()
    assert Event.objects.filter(action=Action.STEP_UP_SUCCEEDED).count() == 1


def test_the_same_device_cannot_be_added_twice(alice: User, named_tab: Tab) -> None:
    page = named_tab.page
    plug_in(page)
    sign_in(page, alice)
    add_passkey(page)
    page.get_by_role("link", name="I have kept them").click()
    add_passkey(page, name="again")
    expect(page.get_by_text("already has a passkey of yours")).to_be_visible()
    assert len(owned.owned_by(alice).passkeys) == 1


def test_another_device_does_not_sign_in(
    alice: User, named_tab: Tab, named_context: BrowserContext
) -> None:
    page = named_tab.page
    session, authenticator = plug_in(page)
    sign_in(page, alice)
    add_passkey(page)
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": _AUTHENTICATOR})
    named_context.clear_cookies()
    sign_in(page, alice)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Nothing was sent")).to_be_visible()
    assert urlsplit(page.url).path == "/sign-in/second-factor"


def test_an_app_works_without_scripts(
    alice: User, chromium: Browser, site: LiveSite, tmp_path: Path
) -> None:
    context = chromium.new_context(base_url=site.base_url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, alice)
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    secret = page.locator("#app-secret").inner_text().replace(" ", "")
    page.get_by_label("Code from the app").fill(code_at(secret=secret))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as text").click()
    file = tmp_path / "codes.txt"
    download.value.save_as(file)
    assert download.value.suggested_filename == "mog-recovery-codes.txt"
    assert re.findall(r"^\d{5}-\d{5}$", file.read_text(), re.MULTILINE) == codes

    context.clear_cookies()
    sign_in(page, alice)
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Two-step verification", level=1)).to_be_visible()
    context.close()
