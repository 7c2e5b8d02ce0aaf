"""The tokens page: a token is shown once, made once, ended by a form."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from accounts import form_tickets, tokens
from accounts.errors import StaleForm
from accounts.models import Credential, CredentialKind, User
from accounts.scopes import Scope
from audit.actions import Action
from audit.models import Event
from tests.factories.accounts import CredentialFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

TOKENS = "/settings/tokens"
NEW = "/settings/tokens/new"


@pytest.fixture
def session(client: Client, alice: User) -> SessionStore:
    return sign_in(client, alice)


def form(client: Client, **changes: object) -> dict[str, object]:
    """Open the page of the form and fill it in."""
    ticket = client.get(NEW).context["form"]["ticket"].value()
    filled = {"label": "laptop", "scopes": ["read"], "lifetime": "month", "ticket": ticket}
    return filled | changes


def personal() -> list[Credential]:
    """Return the personal tokens there are."""
    return list(Credential.objects.filter(kind=CredentialKind.PERSONAL))


def test_a_new_token_works_and_is_what_was_asked(
    client: Client, session: SessionStore, alice: User
) -> None:
    response = client.post(NEW, form(client, scopes=["read", "purchase"]))
    assert response.status_code == 200
    token = tokens.look_up(response.context["plaintext"], now=timezone.now())
    assert (token.user, token.label, token.scope) == (alice, "laptop", "purchase read")
    assert token.kind == CredentialKind.PERSONAL
    assert token.expires_at == token.created_at + timedelta(days=30)
    assert token.spend_policy == alice.spend_policies.get(is_default=True)


def test_the_plaintext_is_in_one_answer_and_nowhere_else(
    client: Client,
    session: SessionStore,
    mailbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(NEW, form(client))
    plaintext: str = response.context["plaintext"]
    assert plaintext in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    secret = plaintext[12:]
    assert secret not in str(dict(SessionStore(session.session_key)))
    assert secret not in str(response.headers) + str(response.cookies)
    assert secret not in client.get(TOKENS).content.decode()
    assert secret not in str(list(Event.objects.values())) + str(list(Credential.objects.values()))
    assert secret not in caplog.text
    [mail] = mailbox
    assert secret not in mail.message().as_string()
    assert plaintext[:12] in str(mail.body)


def test_sending_the_form_again_makes_no_second_token(
    client: Client, session: SessionStore
) -> None:
    filled = form(client)
    first = client.post(NEW, filled)
    again = client.post(NEW, filled)
    assert again.status_code == 409
    assert again.context["is_stale"]
    assert first.context["plaintext"] not in again.content.decode()
    assert len(personal()) == 1


def test_a_wrong_form_can_be_corrected_and_sent(client: Client, session: SessionStore) -> None:
    filled = form(client, label="")
    wrong = client.post(NEW, filled)
    assert wrong.status_code == 422
    assert "label" in wrong.context["form"].errors
    assert client.post(NEW, filled | {"label": "laptop"}).status_code == 200
    assert len(personal()) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"lifetime": "century"}, "lifetime"),
        ({"lifetime": ""}, "lifetime"),
        ({"scopes": ["account"], "lifetime": "day"}, "lifetime"),
        ({"label": "x" * 81}, "label"),
    ],
)
def test_an_impossible_token_names_what_to_change(
    client: Client, session: SessionStore, changes: dict[str, object], field: str
) -> None:
    response = client.post(NEW, form(client, **changes))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {field}
    assert not personal()


def test_a_token_with_the_scope_account_lives_an_hour(
    client: Client, session: SessionStore
) -> None:
    client.post(NEW, form(client, scopes=["account"], lifetime="hour"))
    [token] = personal()
    assert token.expires_at == token.created_at + timedelta(hours=1)


def test_a_form_without_its_ticket_makes_nothing(client: Client, session: SessionStore) -> None:
    for ticket in ("", "forged"):
        assert client.post(NEW, form(client, ticket=ticket)).status_code == 409
    assert not personal()


def test_a_ticket_is_its_persons_and_lasts_an_hour(alice: User, bob: User) -> None:
    now = timezone.now()
    ticket = form_tickets.issue(alice, now=now)
    with pytest.raises(StaleForm):
        form_tickets.redeem(ticket, user=bob, now=now)
    with pytest.raises(StaleForm):
        form_tickets.redeem(ticket, user=alice, now=now + timedelta(hours=1, seconds=1))
    form_tickets.redeem(ticket, user=alice, now=now + timedelta(minutes=59))
    with pytest.raises(StaleForm):
        form_tickets.redeem(ticket, user=alice, now=now)


def test_making_a_token_needs_a_fresh_proof(client: Client, alice: User) -> None:
    sign_in(client, alice)
    filled = form(client)
    sign_in(client, alice, proven_ago=timedelta(minutes=11))
    for response in (client.get(NEW), client.post(NEW, filled)):
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/step-up?next=")
    assert not personal()


def test_the_list_shows_live_tokens_of_the_person_only(
    client: Client, session: SessionStore, alice: User, bob: User
) -> None:
    CredentialFactory.create(user=alice, label="here")
    CredentialFactory.create(user=alice, label="gone", revoked_at=timezone.now())
    CredentialFactory.create(user=bob, label="theirs")
    rows = client.get(TOKENS).context["tokens"]
    assert [row.label for row in rows] == ["here"]


def test_a_form_ends_a_token(client: Client, session: SessionStore, alice: User) -> None:
    token = CredentialFactory.create(user=alice)
    response = client.post(f"{TOKENS}/{token.public_id}/revoke")
    assert response.headers["Location"] == TOKENS
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert Event.objects.latest("pk").action == Action.TOKEN_REVOKED


def test_a_stranger_ends_nothing(client: Client, session: SessionStore, bob: User) -> None:
    theirs = CredentialFactory.create(user=bob)
    assert client.post(f"{TOKENS}/{theirs.public_id}/revoke").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_a_session_is_not_ended_as_if_it_were_a_token(
    client: Client, session: SessionStore
) -> None:
    assert client.post(f"{TOKENS}/{session['credential']}/revoke").status_code == 404


def test_the_list_costs_the_same_for_many_tokens(
    client: Client,
    session: SessionStore,
    alice: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    policy = alice.spend_policies.get()
    for _ in range(5):
        CredentialFactory.create(user=alice, scope="purchase", spend_policy=policy)
    with django_assert_num_queries(3):  # session, actor, list
        text = client.get(TOKENS).content.decode()
    assert text.count("Default") == 5
    assert Scope.PURCHASE in text
