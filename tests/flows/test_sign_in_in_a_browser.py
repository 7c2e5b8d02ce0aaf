"""Signing in and stepping up in a real browser, and what must never reach it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Response, expect

from accounts.models import Credential, CredentialKind, User
from audit.actions import Action
from audit.models import Event
from tests.chromium import Tab
from tests.fakes.code_grant import CLIENT_SECRET, Person
from tests.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ANY_TOKEN = re.compile(r"mog_(?:pat|cli|org)_[0-9A-Za-z]{20,}")


def sign_in(page: Page, *, next_path: str = "/") -> None:
    """Sign in through the fake GitHub by the button on the page."""
    page.goto(f"/sign-in?next={next_path}")
    page.get_by_role("button", name=re.compile("GitHub")).click()
    page.wait_for_url(f"**{next_path}")


def create_token(page: Page) -> str:
    """Create a personal token on its page; return the plaintext that is shown once."""
    page.goto("/settings/tokens/new")
    page.get_by_label("Label").fill("laptop")
    page.get_by_label("Label").press("Enter")
    return page.locator("#token-plaintext").inner_text()


def pages() -> Iterator[str]:
    """Return every address of the site that takes no argument."""
    for pattern in _patterns(get_resolver().url_patterns):
        if "<" not in pattern and "callback" not in pattern:
            yield f"/{pattern}"


def _patterns(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            if not route.startswith("admin/"):
                yield from _patterns(pattern.url_patterns, route)
        else:
            yield route


def everything_kept_by(context: BrowserContext, page: Page) -> str:
    """Return cookies and both storages of a browser as text."""
    stored = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    return f"{context.cookies()} {context.storage_state()} {stored}"


def test_no_credential_reaches_the_browser(
    live: LiveSite, tab: Tab, context: BrowserContext
) -> None:
    answers: list[tuple[str, str]] = []
    tab.page.on("response", lambda answer: answers.append((_name(answer), _text_of(answer))))
    sign_in(tab.page)
    token = create_token(tab.page)
    drawn = []
    for path in pages():
        if path.endswith(".csv"):  # a file to keep and no page to open
            drawn.append(context.request.get(f"{live.base_url}{path}").text())
            continue
        tab.page.goto(path)
        drawn += [tab.page.content(), everything_kept_by(context, tab.page)]
    received = "\n".join(text for _, text in answers)
    assert User.objects.get().username in received
    assert [name for name, text in answers if ANY_TOKEN.search(text)] == [
        "POST /settings/tokens/new"
    ]
    assert not ANY_TOKEN.search("\n".join(drawn))
    internal = Credential.objects.get(kind=CredentialKind.INTERNAL)
    secrets = [internal.public_id, CLIENT_SECRET, *live.providers.github.issued_tokens]
    assert [secret for secret in secrets if secret in "\n".join([received, *drawn])] == []
    assert ANY_TOKEN.fullmatch(token)


def test_the_session_cookie_is_out_of_reach_of_scripts(
    live: LiveSite, tab: Tab, context: BrowserContext
) -> None:
    sign_in(tab.page)
    cookies = {cookie["name"]: cookie for cookie in context.cookies(live.base_url)}
    assert cookies[settings.SESSION_COOKIE_NAME]["httpOnly"]
    assert cookies[settings.SESSION_COOKIE_NAME]["sameSite"] == "Lax"
    assert tab.page.evaluate("document.cookie") == ""


def test_somebody_with_only_github_steps_up_and_comes_back(
    live: LiveSite, tab: Tab, context: BrowserContext
) -> None:
    sign_in(tab.page)
    _let_proof_age(context, live)
    tab.page.goto("/step-up?next=/settings/sessions")
    tab.page.get_by_role("button", name=re.compile("GitHub")).click()
    tab.page.wait_for_url("**/settings/sessions")
    assert Event.objects.filter(action=Action.STEP_UP_SUCCEEDED).count() == 1
    assert live.providers.github.asked[-1]["prompt"] == "select_account"


def test_another_github_account_does_not_step_up(
    live: LiveSite, tab: Tab, context: BrowserContext
) -> None:
    sign_in(tab.page)
    _let_proof_age(context, live)
    live.providers.github.person = Person(uid="2002", login="other", email="other@example.com")
    tab.page.goto("/step-up?next=/settings/sessions")
    tab.page.get_by_role("button", name=re.compile("GitHub")).click()
    expect(tab.page.get_by_text("not the one you are signed in with")).to_be_visible()
    assert not Event.objects.filter(action=Action.STEP_UP_SUCCEEDED).exists()


def test_signing_out_in_the_browser(live: LiveSite, tab: Tab) -> None:
    sign_in(tab.page, next_path="/settings/sessions")
    tab.page.get_by_role("button", name=re.compile("Sign out", re.IGNORECASE)).first.click()
    tab.page.goto("/settings/sessions")
    assert "/sign-in" in tab.page.url
    assert not Credential.objects.filter(revoked_at__isnull=True).exists()


def test_the_session_in_this_browser_is_named_and_marked(live: LiveSite, tab: Tab) -> None:
    sign_in(tab.page, next_path="/settings/sessions")
    expect(tab.page.get_by_text("Chrome on Linux").first).to_be_visible()


def _let_proof_age(context: BrowserContext, live: LiveSite) -> None:
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies(live.base_url)}
    session = SessionStore(cookies[settings.SESSION_COOKIE_NAME])
    session["proven_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()


def _name(response: Response) -> str:
    return f"{response.request.method} {urlsplit(response.url).path}"


def _text_of(response: Response) -> str:
    is_text = response.headers.get("content-type", "").startswith(("text/", "application/"))
    is_answered = is_text and response.status not in range(300, 400)
    return response.text() if is_answered else str(response.headers)
