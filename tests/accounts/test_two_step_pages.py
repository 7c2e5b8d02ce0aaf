"""Two-step verification in the settings, at sign-in and at step-up: pages without scripts."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import dev_sign_in, half_signed_in
from accounts.models import Credential, User
from accounts.second_factors import owned
from audit.actions import Action
from audit.models import Event
from tests.audit_trail import refusals
from tests.live import LiveSite
from tests.second_factors import SoftKey, code_at, give_app, set_up_app, wrong_code
from tests.signed_in import sign_in
from tests.visitor import Visitor

SITE = "http://localhost:8000"
_LONG_AGO = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def _at_localhost(settings: Any) -> None:
    settings.SITE_URL = SITE


def secret_on(page: str) -> str:
    """Return the key that the page shows as text."""
    found = re.search(r'id="app-secret">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    """Return the recovery codes of a page."""
    return re.findall(r"<li>(\d{5}-\d{5})</li>", page)


def half_sign_in(client: Client, user: User, *, next_path: str = "/") -> None:
    """Let a provider have vouched for somebody who has a second factor."""
    client.get("/sign-in")
    session = client.session
    half_signed_in.hold(session, user, provider="github", next_path=next_path, now=timezone.now())
    session.save()
    assert session.session_key is not None
    client.cookies["session"] = session.session_key


def is_signed_in(client: Client) -> bool:
    """Tell whether a page for signed-in people opens."""
    return client.get("/settings/sessions").status_code == 200


def test_a_stranger_sees_no_page_of_it(client: Client, db: None) -> None:
    for path in ("", "/app", "/passkeys/new", "/passkeys/pky_x"):
        assert client.get(f"/settings/two-step{path}")["Location"].startswith("/sign-in?")


def test_an_app_is_set_up_and_the_codes_are_shown_once(client: Client, alice: User) -> None:
    sign_in(client, alice)
    page = client.get("/settings/two-step/app").content.decode()
    assert "<svg" in page
    answer = client.post("/settings/two-step/app", {"code": code_at(secret=secret_on(page))})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    codes = codes_on(answer.content.decode())
    assert len(codes) == 10
    assert "mog-recovery-codes.txt" in answer.content.decode()
    overview = client.get("/settings/two-step").content.decode()
    assert "It is on" in overview
    assert "10 are left" in " ".join(overview.split())
    assert not any(code in overview for code in codes)


def test_the_key_stays_the_same_until_it_is_confirmed(client: Client, alice: User) -> None:
    sign_in(client, alice)
    shown = secret_on(client.get("/settings/two-step/app").content.decode())
    refused = client.post("/settings/two-step/app", {"code": wrong_code(secret=shown)})
    assert refused.status_code == 422
    assert secret_on(refused.content.decode()) == shown
    assert not owned.has_second_factor(alice)


def test_the_key_is_unreadable_in_the_session(client: Client, alice: User) -> None:
    sign_in(client, alice)
    shown = secret_on(client.get("/settings/two-step/app").content.decode())
    kept = [str(row.get_decoded()) for row in Session.objects.all()]
    assert not [one for one in kept if shown in one]


def test_setting_up_and_removing_need_step_up(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice, proven_ago=_LONG_AGO)
    opened = client.get("/settings/two-step/passkeys/new")
    assert opened["Location"] == "/step-up?next=%2Fsettings%2Ftwo-step%2Fpasskeys%2Fnew"
    removed = client.post(
        "/settings/two-step/app/remove", headers={"Referer": "http://testserver/settings/two-step"}
    )
    assert removed["Location"] == "/step-up?next=%2Fsettings%2Ftwo-step"
    assert client.post("/settings/two-step/recovery-codes").status_code == 302
    assert owned.has_second_factor(alice)


def test_the_app_is_removed(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice)
    assert client.post("/settings/two-step/app/remove")["Location"] == "/settings/two-step"
    assert "It is off" in client.get("/settings/two-step").content.decode()
    assert client.post("/settings/two-step/app/remove").status_code == 404


def test_new_recovery_codes_are_shown_once(client: Client, alice: User) -> None:
    old = set_up_app(alice, now=timezone.now())
    sign_in(client, alice)
    answer = client.post("/settings/two-step/recovery-codes")
    new = codes_on(answer.content.decode())
    assert len(new) == 10
    assert not set(new) & set(old)


def test_there_are_no_recovery_codes_to_make_without_a_factor(client: Client, alice: User) -> None:
    sign_in(client, alice)
    assert client.post("/settings/two-step/recovery-codes").status_code == 404


def test_a_passkey_is_added_and_named_and_removed(client: Client, alice: User) -> None:
    sign_in(client, alice)
    key = SoftKey(origin=SITE)
    options = client.get("/settings/two-step/passkeys/new").context["passkey_options"]
    form = {"name": "my <b>key</b>", "passkey": _answer(key.create, options)}
    assert (
        len(codes_on(client.post("/settings/two-step/passkeys/new", form).content.decode())) == 10
    )
    page = client.get("/settings/two-step").content.decode()
    assert "my &lt;b&gt;key&lt;/b&gt;" in page
    public_id = owned.owned_by(alice).passkeys[0].public_id
    client.post(f"/settings/two-step/passkeys/{public_id}", {"name": "yubikey"})
    assert "yubikey" in client.get("/settings/two-step").content.decode()
    client.post(f"/settings/two-step/passkeys/{public_id}/remove")
    assert not Authenticator.objects.exists()


def test_an_addition_cannot_be_sent_again(client: Client, alice: User) -> None:
    sign_in(client, alice)
    options = client.get("/settings/two-step/passkeys/new").context["passkey_options"]
    form = {"name": "key", "passkey": _answer(SoftKey(origin=SITE).create, options)}
    assert client.post("/settings/two-step/passkeys/new", form).status_code == 200
    assert client.post("/settings/two-step/passkeys/new", form).status_code == 422
    assert len(owned.owned_by(alice).passkeys) == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x00b", "a\u202eb"])
def test_a_name_that_disguises_or_is_none_is_refused(
    client: Client, alice: User, name: str
) -> None:
    sign_in(client, alice)
    client.get("/settings/two-step/passkeys/new")
    answer = client.post("/settings/two-step/passkeys/new", {"name": name, "passkey": "{}"})
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()


def test_another_persons_passkey_is_absent(client: Client, alice: User, bob: User) -> None:
    sign_in(client, alice)
    options = client.get("/settings/two-step/passkeys/new").context["passkey_options"]
    form = {"name": "key", "passkey": _answer(SoftKey(origin=SITE).create, options)}
    client.post("/settings/two-step/passkeys/new", form)
    public_id = owned.owned_by(alice).passkeys[0].public_id
    stranger = Client()
    sign_in(stranger, bob)
    address = f"/settings/two-step/passkeys/{public_id}"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"name": "mine"}).status_code == 404
    assert stranger.post(f"{address}/remove").status_code == 404
    assert owned.owned_by(alice).passkeys[0].name == "key"


def test_a_row_is_never_named_by_its_number(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice)
    number = Authenticator.objects.get().pk
    assert client.post(f"/settings/two-step/passkeys/{number}/remove").status_code == 404


def test_half_a_sign_in_opens_nothing(client: Client, alice: User) -> None:
    give_app(alice)
    half_sign_in(client, alice)
    assert not is_signed_in(client)
    assert client.get("/settings/two-step")["Location"].startswith("/sign-in?")
    assert not Credential.objects.filter(user=alice).exists()


def test_a_code_completes_a_sign_in_and_leads_on(client: Client, alice: User) -> None:
    give_app(alice)
    half_sign_in(client, alice, next_path="/settings/tokens")
    assert "One more step" in client.get("/sign-in/second-factor").content.decode()
    before = client.cookies["session"].value
    answer = client.post("/sign-in/second-factor", {"code": code_at()})
    assert answer["Location"] == "/settings/tokens"
    assert is_signed_in(client)
    assert client.cookies["session"].value != before
    event = Event.objects.get(action=Action.SIGN_IN_SUCCEEDED)
    assert event.data == '{"provider":"github","second_factor":"authenticator_app"}'


def test_a_code_signs_in_once(client: Client, alice: User) -> None:
    give_app(alice)
    code = code_at()
    half_sign_in(client, alice)
    client.post("/sign-in/second-factor", {"code": code})
    other = Client()
    half_sign_in(other, alice)
    assert other.post("/sign-in/second-factor", {"code": code}).status_code == 422
    assert not is_signed_in(other)


def test_a_recovery_code_signs_in(client: Client, alice: User) -> None:
    codes = set_up_app(alice, now=timezone.now() - timedelta(hours=1))
    half_sign_in(client, alice)
    client.post("/sign-in/second-factor", {"code": codes[0]})
    assert is_signed_in(client)


def test_a_passkey_signs_in(client: Client, alice: User) -> None:
    sign_in(client, alice)
    key = SoftKey(origin=SITE)
    options = client.get("/settings/two-step/passkeys/new").context["passkey_options"]
    form = {"name": "key", "passkey": _answer(key.create, options)}
    client.post("/settings/two-step/passkeys/new", form)
    browser = Client()
    half_sign_in(browser, alice)
    asked = browser.get("/sign-in/second-factor").context["passkey_options"]
    answer = _answer(key.get, asked)
    assert browser.post("/sign-in/second-factor", {"passkey": answer})["Location"] == "/"
    assert is_signed_in(browser)


@pytest.mark.parametrize(
    "form", [{}, {"code": ""}, {"code": "x" * 100_000}, {"passkey": "{"}, {"passkey": "[1]"}]
)
def test_nonsense_signs_nobody_in(client: Client, alice: User, form: dict[str, str]) -> None:
    give_app(alice)
    half_sign_in(client, alice)
    assert client.post("/sign-in/second-factor", form).status_code == 422
    assert not is_signed_in(client)


def test_guessing_is_locked_across_browsers(client: Client, alice: User, settings: Any) -> None:
    give_app(alice)
    for _ in range(settings.SECOND_FACTOR_ATTEMPTS):
        browser = Client()
        half_sign_in(browser, alice)
        browser.post("/sign-in/second-factor", {"code": wrong_code()})
    half_sign_in(client, alice)
    answer = client.post("/sign-in/second-factor", {"code": code_at()})
    assert answer.status_code == 423
    assert answer["Retry-After"] == "900"
    assert not is_signed_in(client)
    assert {"kind": "authenticator_app", "reason": "locked"} in refusals(
        Action.SECOND_FACTOR_REFUSED
    )


def test_one_address_cannot_send_without_end(client: Client, alice: User) -> None:
    give_app(alice)
    half_sign_in(client, alice)
    statuses = [
        client.post("/sign-in/second-factor", {"code": wrong_code()}).status_code
        for _ in range(21)  # more than two windows take
    ]
    assert 429 in statuses


def test_nobody_is_waited_for_without_a_provider(client: Client, db: None) -> None:
    assert client.get("/sign-in/second-factor")["Location"] == "/sign-in"
    assert client.post("/sign-in/second-factor", {"code": "1"})["Location"] == "/sign-in"


@pytest.mark.parametrize("change", ["late", "closed", "sessions ended"])
def test_what_ends_meanwhile_ends_half_a_sign_in(client: Client, alice: User, change: str) -> None:
    give_app(alice)
    half_sign_in(client, alice)
    if change == "late":
        session = client.session
        session["half_signed_in"] |= {"until": timezone.now().timestamp() - 1}
        session.save()
    elif change == "closed":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    else:
        User.objects.filter(pk=alice.pk).update(session_epoch=1)
    answer = client.post("/sign-in/second-factor", {"code": code_at()})
    assert answer["Location"] == "/sign-in"
    assert not is_signed_in(client)


def test_step_up_asks_for_the_second_factor(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice, proven_ago=_LONG_AGO)
    page = client.get("/step-up?next=/settings/two-step").content.decode()
    assert 'name="code"' in page
    assert 'name="provider"' not in page
    answer = client.post("/step-up", {"code": code_at(), "next": "/settings/two-step"})
    assert answer["Location"] == "/settings/two-step"
    assert client.get("/settings/tokens/new").status_code == 200
    event = Event.objects.get(action=Action.STEP_UP_SUCCEEDED)
    assert event.data == '{"provider":"authenticator_app"}'


def test_a_provider_alone_no_longer_steps_up(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice, proven_ago=_LONG_AGO)
    assert client.post("/step-up", {"provider": "github"}).status_code == 422
    assert client.get("/settings/tokens/new").status_code == 302


def test_a_recovery_code_does_not_step_up(client: Client, alice: User) -> None:
    codes = set_up_app(alice, now=timezone.now() - timedelta(hours=1))
    sign_in(client, alice, proven_ago=_LONG_AGO)
    assert client.post("/step-up", {"code": codes[0]}).status_code == 422
    assert owned.owned_by(alice).codes_left == 10


def test_step_up_leads_to_this_site_only(client: Client, alice: User) -> None:
    give_app(alice)
    sign_in(client, alice, proven_ago=_LONG_AGO)
    answer = client.post("/step-up", {"code": code_at(), "next": "//evil.example/"})
    assert answer["Location"] == "/"


def test_a_provider_signs_nobody_in_who_has_a_second_factor(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in()
        visitor.post("/sign-out")
        give_app(User.objects.get())
        answer = visitor.sign_in(next_path="/settings/tokens")
        assert answer.headers["location"] == "/sign-in/second-factor"
        assert not visitor.is_signed_in()
        done = visitor.post("/sign-in/second-factor", code=code_at())
        assert done.headers["location"] == "/settings/tokens"
        assert visitor.is_signed_in()


def test_a_development_link_asks_as_well(live: LiveSite, alice: User) -> None:
    give_app(alice)
    path = dev_sign_in.create_path(alice, next_path="/", now=timezone.now())
    with Visitor(live) as visitor:
        assert visitor.post(path).headers["location"] == "/sign-in/second-factor"
        assert not visitor.is_signed_in()


def _answer(act: Any, options: str) -> str:
    return json.dumps(act(json.loads(options)))
