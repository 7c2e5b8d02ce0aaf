"""Proving again who you are, with nothing but a provider."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.actor import Actor
from accounts.errors import InvalidCredential, SignInRequired, StepUpRequired
from accounts.http import MogRequest
from accounts.models import Credential, User
from accounts.step_up import signed_in_required, step_up_required
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from tests.audit_trail import refusals
from tests.factories.accounts import CredentialFactory
from tests.fakes.code_grant import Person
from tests.live import LiveSite
from tests.signed_in import sign_in
from tests.visitor import Visitor

each_provider = pytest.mark.parametrize("provider_id", ["github", "google", "sso"])


def forget_proof(visitor: Visitor) -> SessionStore:
    """Let the visitor's last proof of identity be eleven minutes old."""
    session = SessionStore(visitor.session_key)
    session["proven_at"] = (timezone.now() - timedelta(minutes=11)).timestamp()
    session.save()
    return session


def is_stepped_up(visitor: Visitor) -> bool:
    """Tell whether the step-up page has nothing to ask."""
    return visitor.get("/step-up").status_code == 302


def step_up(visitor: Visitor, provider_id: str, *, next_path: str = "/") -> tuple[int, str]:
    """Go to the provider and back; return the callback's status and where it leads."""
    away = visitor.post("/step-up", provider=provider_id, next=next_path)
    back = visitor.get(away.headers["location"])
    answer = visitor.get(back.headers["location"])
    return answer.status_code, answer.headers.get("location", "")


def test_a_fresh_sign_in_counts(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in()
        assert is_stepped_up(visitor)


@each_provider
def test_the_same_identity_steps_up_and_comes_back_to_the_form(
    live: LiveSite, provider_id: str
) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in(provider_id)
        before = forget_proof(visitor)
        assert not is_stepped_up(visitor)
        assert step_up(visitor, provider_id, next_path="/settings/tokens") == (
            302,
            "/settings/tokens",
        )
        assert is_stepped_up(visitor)
        assert visitor.session_key != before.session_key
        assert SessionStore(visitor.session_key)["credential"] == before["credential"]
    assert not Session.objects.filter(session_key=before.session_key).exists()
    assert Event.objects.filter(action=Action.STEP_UP_SUCCEEDED).count() == 1
    assert Credential.objects.count() == 1


@pytest.mark.parametrize(
    ("provider_id", "asked"),
    [
        ("github", {"prompt": "select_account"}),
        ("google", {"prompt": "select_account", "max_age": "0"}),
        ("sso", {"prompt": "login", "max_age": "0"}),
    ],
)
def test_the_provider_is_asked_to_prove_the_person_anew(
    live: LiveSite, provider_id: str, asked: dict[str, str]
) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in(provider_id)
        forget_proof(visitor)
        step_up(visitor, provider_id)
    assert "prompt" not in live.providers[provider_id].asked[0]
    assert live.providers[provider_id].asked[1].items() >= asked.items()


@each_provider
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_another_identity_does_not_step_up_and_does_not_sign_in(
    live: LiveSite, provider_id: str, *, is_known: bool
) -> None:
    other = Person(uid="2002", login="other", email="other@example.com")
    if is_known:
        live.providers[provider_id].person = other
        with Visitor(live) as somebody_else:
            somebody_else.sign_in(provider_id)
    live.providers[provider_id].person = Person()
    with Visitor(live) as visitor:
        visitor.sign_in(provider_id)
        session = forget_proof(visitor)
        live.providers[provider_id].person = other
        assert step_up(visitor, provider_id)[0] == 400
        assert not is_stepped_up(visitor)
        assert visitor.session_key == session.session_key
    assert refusals(Action.STEP_UP_REFUSED) == [
        {"provider": provider_id, "reason": "other_identity"}
    ]
    assert User.objects.count() == 1 + is_known


def test_a_provider_that_only_remembers_the_person_is_not_enough(live: LiveSite) -> None:
    long_ago = int((timezone.now() - timedelta(minutes=11)).timestamp())
    with Visitor(live) as visitor:
        visitor.sign_in("google")
        forget_proof(visitor)
        live.providers["google"].person = Person(authenticated_at=long_ago)
        assert step_up(visitor, "google")[0] == 400
        assert not is_stepped_up(visitor)
    assert refusals(Action.STEP_UP_REFUSED) == [{"provider": "google", "reason": "not_recent"}]


def test_a_provider_without_an_identity_of_the_person_is_not_offered(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in("github")
        forget_proof(visitor)
        page = visitor.get("/step-up").text
        assert 'value="github"' in page
        assert 'value="google"' not in page
        assert visitor.post("/step-up", provider="google").status_code == 404


def test_a_state_for_signing_in_does_not_step_up(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in()
        forget_proof(visitor)
        live.providers["github"].person = Person(uid="2002", login="other", email="o@example.com")
        visitor.get(visitor.leave_for("github"))
        # That was a sign-in as somebody else: a session of its own, not a step-up of the first.
        assert "other" in visitor.get("/settings/sessions").text
    assert not Event.objects.filter(action=Action.STEP_UP_SUCCEEDED).exists()


def test_ten_minutes_are_recent_and_one_second_more_is_not(client: Client, alice: User) -> None:
    sign_in(client, alice, proven_ago=timedelta(minutes=9, seconds=50))
    assert client.get("/step-up").status_code == 302
    sign_in(client, alice, proven_ago=timedelta(minutes=10, seconds=1))
    assert client.get("/step-up").status_code == 200


def ask(view: object, actor: Actor, **headers: str) -> object:
    """Call a guarded view as somebody."""
    request = RequestFactory().get("/", headers=headers)
    request.actor = actor  # type: ignore[attr-defined]
    return view(request)  # type: ignore[operator]


def answer(_request: MogRequest) -> str:
    """Answer."""
    return "open"


def test_guards_ask_for_what_is_missing(db: None) -> None:
    credential = CredentialFactory.create(kind="internal", digest=None)
    nobody = Actor.anonymous(origin=Origin())
    somebody = Actor.of(credential, origin=Origin())
    proven = Actor.of(credential, origin=Origin(), stepped_up=True)
    with pytest.raises(SignInRequired):
        ask(signed_in_required(answer), nobody)
    with pytest.raises(SignInRequired):
        ask(step_up_required(answer), nobody)
    with pytest.raises(StepUpRequired):
        ask(step_up_required(answer), somebody)
    with pytest.raises(InvalidCredential):
        ask(signed_in_required(answer), proven, Authorization="Bearer mog_pat_x")
    assert ask(signed_in_required(answer), somebody) == "open"
    assert ask(step_up_required(answer), proven) == "open"
