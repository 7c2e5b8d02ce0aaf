"""Signing in: the page, the key of the session, two at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Credential, User
from tests.fakes.code_grant import Person
from tests.live import LiveSite
from tests.signed_in import sign_in
from tests.visitor import Visitor


def test_without_providers_the_page_says_so(client: Client, db: None) -> None:
    answer = client.get("/sign-in")
    assert answer.context["providers"] == []
    assert "No sign-in provider is configured" in answer.content.decode()


def test_signing_in_needs_a_form_of_this_site(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        assert visitor.client.post("/sign-in", data={"provider": "github"}).status_code == 403


def test_a_signed_in_person_is_led_on(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert (
        client.get("/sign-in?next=/settings/sessions").headers["location"] == "/settings/sessions"
    )


def test_the_session_has_a_new_key_after_signing_in(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for("github")
        before = visitor.session_key
        visitor.get(url)
        assert visitor.session_key != before


def test_a_session_planted_before_sign_in_stays_anonymous(live: LiveSite) -> None:
    with Visitor(live) as victim, Visitor(live) as attacker:
        attacker.leave_for("github")
        planted = attacker.session_key
        victim.client.cookies.set(settings.SESSION_COOKIE_NAME, planted)
        victim.sign_in("github")
        assert victim.is_signed_in()
        assert not attacker.is_signed_in()


def test_somebody_else_signing_in_ends_the_first_session(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in("github")
        first = dict(visitor.client.cookies)
        live.providers["google"].person = Person(email="other@example.com")
        visitor.sign_in("google")
        with Visitor(live) as copy:
            copy.client.cookies.update(first)
            assert not copy.is_signed_in()


def test_two_tabs_of_one_browser_can_both_finish(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        first, second = visitor.leave_for("github"), visitor.leave_for("github")
        assert visitor.get(first).headers["location"] == "/"
        assert visitor.get(second).headers["location"] == "/"
        assert visitor.is_signed_in()
    assert User.objects.count() == 1
    assert Credential.objects.filter(revoked_at__isnull=True).count() == 1


def test_two_browsers_of_a_newcomer_at_once_make_one_account(live: LiveSite) -> None:
    with ExitStack() as stack:
        visitors = [stack.enter_context(Visitor(live)) for _ in range(4)]
        urls = [visitor.leave_for("github") for visitor in visitors]
        with ThreadPoolExecutor(len(visitors)) as pool:
            answers = list(pool.map(Visitor.get, visitors, urls))
        assert [(answer.headers.get("location"), answer.text[:300]) for answer in answers] == [
            ("/", "")
        ] * 4
        assert all(visitor.is_signed_in() for visitor in visitors)
    assert User.objects.count() == 1


def test_one_callback_sent_twice_at_once_lets_in_once(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for("github")
        with ThreadPoolExecutor(2) as pool:
            cookies = dict(visitor.client.cookies)
            answers = list(pool.map(lambda _: _fetch(live, url, cookies), range(2)))
    assert sorted(answers) == [302, 400]
    assert Credential.objects.count() == 1


def _fetch(live: LiveSite, url: str, cookies: dict[str, str]) -> int:
    with Visitor(live) as visitor:
        visitor.client.cookies.update(cookies)
        return visitor.get(url).status_code


@pytest.mark.parametrize("page", ["login/", "signup/", "password/reset/", "3rdparty/", "email/"])
def test_the_library_brings_no_pages_of_its_own(client: Client, db: None, page: str) -> None:
    assert client.get(f"/accounts/{page}").status_code == 404


@pytest.mark.parametrize("door", ["/sign-in", "/step-up"])
def test_starting_over_and_over_is_slowed_down(client: Client, alice: User, door: str) -> None:
    sign_in(client, alice)
    address = {"/sign-in": "203.0.113.1", "/step-up": "203.0.113.2"}[door]
    form = {"provider": "nobody"}
    statuses = [client.post(door, form, REMOTE_ADDR=address).status_code for _ in range(11)]
    assert statuses == [404] * 10 + [429]
