"""What comes back from a provider: let in, or refused with its own reason and audited."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts import browser, oauth_state
from accounts.models import Credential, SpendPolicy, User
from accounts.oauth_state import StateFault
from audit.actions import Action
from audit.models import Event
from tests.audit_trail import refusals
from tests.factories.accounts import UserFactory
from tests.fakes.code_grant import Fault, Person
from tests.live import LiveSite
from tests.visitor import Visitor

PROVIDERS = ("github", "google", "sso")
each_provider = pytest.mark.parametrize("provider_id", PROVIDERS)


def with_state(url: str, state: str | None) -> str:
    """Return the callback URL with another state, or with none."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    query.pop("state", None)
    if state is not None:
        query["state"] = state
    return urlunsplit(parts._replace(query=urlencode(query)))


def state_of(url: str) -> str:
    """Return the state in a callback URL."""
    return parse_qs(urlsplit(url).query)["state"][0]


def assert_refused(answer: httpx.Response, provider_id: str, fault: StateFault) -> None:
    """Check the page, the trail, and that nobody got in."""
    assert answer.status_code == 400
    assert "sign-in page" in answer.text
    assert refusals(Action.OAUTH_STATE_REFUSED) == [{"provider": provider_id, "reason": fault}]
    assert not Credential.objects.exists()


@each_provider
def test_a_newcomer_gets_an_account_with_what_every_account_has(
    live: LiveSite, provider_id: str
) -> None:
    with Visitor(live) as visitor:
        answer = visitor.sign_in(provider_id, next_path="/settings/sessions")
        assert answer.headers["location"] == "/settings/sessions"
        assert visitor.is_signed_in()
    user = User.objects.get()
    assert user.username == "octocat" if provider_id != "google" else "mona-octocat"
    assert (user.display_name, user.email) == ("Mona Octocat", "octocat@example.com")
    assert SpendPolicy.objects.filter(user=user, is_default=True).exists()
    trail = list(Event.objects.order_by("pk").values_list("action", flat=True))
    assert trail == [Action.ACCOUNT_CREATED, Action.SIGN_IN_SUCCEEDED]


@each_provider
def test_the_code_is_exchanged_with_its_proof(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in(provider_id)
    assert live.providers[provider_id].asked[0]["code_challenge_method"] == "S256"
    assert live.providers[provider_id].proven_exchanges == 1


@each_provider
def test_the_same_person_comes_back_to_the_same_account(live: LiveSite, provider_id: str) -> None:
    for _ in range(2):
        with Visitor(live) as visitor:
            visitor.sign_in(provider_id)
    assert User.objects.count() == 1


@each_provider
def test_an_altered_state_is_refused(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for(provider_id)
        last = "0" if state_of(url)[-1] != "0" else "1"
        answer = visitor.get(with_state(url, state_of(url)[:-1] + last))
    assert_refused(answer, provider_id, StateFault.TAMPERED)


@each_provider
def test_a_state_with_an_altered_moment_is_refused(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for(provider_id)
        head, nonce, issued, bound, mac = state_of(url).rsplit(".", 4)
        younger = ".".join([head, nonce, str(int(issued) + 60), bound, mac])
        answer = visitor.get(with_state(url, younger))
    assert_refused(answer, provider_id, StateFault.TAMPERED)


@each_provider
def test_a_state_of_another_browser_is_refused(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as attacker, Visitor(live) as victim:
        victim.leave_for(provider_id)
        answer = victim.get(attacker.leave_for(provider_id))
    assert_refused(answer, provider_id, StateFault.FOREIGN)


@each_provider
def test_a_state_without_any_session_is_refused(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as attacker, Visitor(live) as victim:
        answer = victim.get(attacker.leave_for(provider_id))
    assert_refused(answer, provider_id, StateFault.FOREIGN)


@each_provider
def test_a_missing_state_is_refused(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as visitor:
        answer = visitor.get(with_state(visitor.leave_for(provider_id), None))
    assert_refused(answer, provider_id, StateFault.MISSING)


@each_provider
def test_a_state_older_than_ten_minutes_is_refused(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for(provider_id)
        binding = browser.oauth_binding(SessionStore(visitor.session_key))
        issued_at = timezone.now() - oauth_state.LIFETIME - timedelta(seconds=2)
        late = oauth_state.issue(provider_id, binding=binding, now=issued_at)
        answer = visitor.get(with_state(url, late))
    assert_refused(answer, provider_id, StateFault.LATE)


@each_provider
def test_a_state_is_good_once(live: LiveSite, provider_id: str) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for(provider_id)
        assert visitor.get(url).status_code == 302
        answer = visitor.get(url)
    assert answer.status_code == 400
    assert refusals(Action.OAUTH_STATE_REFUSED) == [
        {"provider": provider_id, "reason": StateFault.REPLAYED}
    ]
    assert Credential.objects.count() == 1


@each_provider
def test_a_state_for_another_provider_is_refused(live: LiveSite, provider_id: str) -> None:
    other = PROVIDERS[(PROVIDERS.index(provider_id) + 1) % len(PROVIDERS)]
    with Visitor(live) as visitor:
        foreign = state_of(visitor.leave_for(other))
        answer = visitor.get(with_state(visitor.leave_for(provider_id), foreign))
    assert_refused(answer, provider_id, StateFault.OTHER_PROVIDER)


@each_provider
def test_a_genuine_state_whose_round_trip_is_forgotten_is_refused(
    live: LiveSite, provider_id: str
) -> None:
    with Visitor(live) as visitor:
        url = visitor.leave_for(provider_id)
        binding = browser.oauth_binding(SessionStore(visitor.session_key))
        unknown = oauth_state.issue(provider_id, binding=binding, now=datetime.now(UTC))
        answer = visitor.get(with_state(url, unknown))
    assert_refused(answer, provider_id, StateFault.FORGOTTEN)


@each_provider
def test_saying_no_at_the_provider_is_explained(live: LiveSite, provider_id: str) -> None:
    live.providers[provider_id].fault = Fault.DENIED
    with Visitor(live) as visitor:
        answer = visitor.sign_in(provider_id)
    assert answer.status_code == 400
    assert refusals(Action.SIGN_IN_FAILED) == [{"provider": provider_id, "reason": "cancelled"}]


@each_provider
@pytest.mark.parametrize(
    "fault", [Fault.SERVER_ERROR, Fault.GARBAGE, Fault.WRONG_SHAPE, Fault.SLOW], ids=str
)
def test_a_provider_that_fails_is_explained(live: LiveSite, provider_id: str, fault: Fault) -> None:
    live.providers[provider_id].fault = fault
    with Visitor(live) as visitor:
        answer = visitor.sign_in(provider_id)
    assert answer.status_code == 503
    assert "another provider" in answer.text
    assert refusals(Action.SIGN_IN_FAILED) == [
        {"provider": provider_id, "reason": "provider_failed"}
    ]


@each_provider
def test_nobody_takes_over_an_account_by_its_address(live: LiveSite, provider_id: str) -> None:
    alice = UserFactory.create(username="alice", email="Alice@Example.com")
    live.providers[provider_id].person = Person(email="alice@example.com")
    with Visitor(live) as visitor:
        answer = visitor.sign_in(provider_id)
        assert not visitor.is_signed_in()
    assert answer.status_code == 400
    assert "the provider you used first" in answer.text
    assert refusals(Action.SIGN_IN_FAILED) == [{"provider": provider_id, "reason": "email_taken"}]
    assert list(User.objects.all()) == [alice]


@each_provider
def test_an_unverified_address_is_not_stored(live: LiveSite, provider_id: str) -> None:
    live.providers[provider_id].person = Person(is_verified=False)
    with Visitor(live) as visitor:
        visitor.sign_in(provider_id)
    assert User.objects.get().email == ""


def test_a_closed_account_stays_closed(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in()
    User.objects.update(is_active=False)
    with Visitor(live) as visitor:
        answer = visitor.sign_in()
        assert not visitor.is_signed_in()
    assert answer.status_code == 400
    assert refusals(Action.SIGN_IN_FAILED) == [{"provider": "github", "reason": "inactive"}]


def test_two_people_who_want_one_name_get_two(live: LiveSite) -> None:
    for provider_id in ("github", "sso"):
        person = Person(uid="7", login="Mona_L", email=f"{provider_id}@example.com")
        live.providers[provider_id].person = person
        with Visitor(live) as visitor:
            visitor.sign_in(provider_id)
    assert set(User.objects.values_list("username", flat=True)) == {"mona-l", "mona-l-2"}


def test_a_provider_that_is_not_configured_does_not_exist(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        assert visitor.post("/sign-in", provider="gitlab").status_code == 404
        assert visitor.get("/sign-in/sso/other/callback?state=x").status_code == 404
    assert refusals(Action.OAUTH_STATE_REFUSED) == []


def test_no_provider_token_is_stored(live: LiveSite) -> None:
    with Visitor(live) as visitor:
        visitor.sign_in()
    identity = User.objects.get().socialaccount_set.get()  # type: ignore[attr-defined]
    assert identity.extra_data == {}
    assert not identity.socialtoken_set.exists()
