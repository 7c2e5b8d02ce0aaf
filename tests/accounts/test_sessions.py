"""Web sessions: begun, listed, ended, purged."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import browser, sessions
from accounts.models import Credential, CredentialKind, User, WebSession
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from tests.factories.accounts import CredentialFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db
SESSIONS = "/settings/sessions"


def actions() -> list[str]:
    """Return the trail's actions, oldest first."""
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def age_credential(session: SessionStore, by: timedelta) -> None:
    """Let the session's last use lie further back."""
    then = timezone.now() - by
    Credential.objects.filter(public_id=session["credential"]).update(
        created_at=then, last_used_at=then
    )


def test_a_session_acts_through_a_credential_without_a_secret(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    credential = Credential.objects.get(public_id=session["credential"])
    assert (credential.kind, credential.digest) == (CredentialKind.INTERNAL, None)
    assert credential.user == alice
    assert credential.spend_policy is None
    assert actions() == [Action.SIGN_IN_SUCCEEDED]


def test_who_acts_is_read_in_one_query(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = sign_in(client, alice)
    assert session["credential"]  # the session's own row is loaded
    with django_assert_num_queries(1):
        actor = browser.actor_of_session(session, origin=Origin(), now=timezone.now())
    assert actor.user == alice
    assert actor.stepped_up


def test_a_page_nobody_asks_who_acts_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        actor = browser.actor_of_session(SessionStore(), origin=Origin(), now=timezone.now())
    assert not actor.is_authenticated


def test_the_list_shows_browser_and_address_but_no_credential(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    page = client.get(SESSIONS).content.decode()
    assert "Firefox on Linux" in page
    assert "192.0.2.7" in page
    assert session["credential"] not in page


def test_the_list_costs_the_same_for_many_sessions(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        sign_in(Client(), alice)
    sign_in(client, alice)
    with django_assert_num_queries(3):  # session, actor, list
        assert len(client.get(SESSIONS).context["sessions"]) == 6


def test_the_session_in_use_is_marked(client: Client, alice: User) -> None:
    sign_in(Client(), alice)
    sign_in(client, alice)
    rows = client.get(SESSIONS).context["sessions"]
    assert [row.is_current for row in rows] == [True, False]


def test_sign_out_ends_the_session_on_the_server(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    copied = dict(client.cookies)
    assert client.post("/sign-out").status_code == 200
    client.cookies.update(copied)
    assert not Session.objects.filter(session_key=session.session_key).exists()
    assert not _is_signed_in(client)
    assert actions() == [Action.SIGN_IN_SUCCEEDED, Action.SIGN_OUT]


def test_a_copy_of_a_session_dies_with_its_credential(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    stored = dict(session.items())
    client.post("/sign-out")
    forged = SessionStore(session.session_key)
    forged.update(stored)
    forged.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(forged.session_key)
    assert not _is_signed_in(client)


def test_ending_another_session_signs_that_browser_out(client: Client, alice: User) -> None:
    elsewhere = Client()
    other = sign_in(elsewhere, alice)
    sign_in(client, alice)
    web_session = WebSession.objects.get(credential__public_id=other["credential"])
    client.post(f"{SESSIONS}/{web_session.public_id}/end")
    assert not _is_signed_in(elsewhere)
    assert _is_signed_in(client)
    assert actions()[-1] == Action.SESSION_REVOKED


def test_ending_all_others_leaves_this_browser(client: Client, alice: User) -> None:
    elsewhere = [Client(), Client()]
    for browser_elsewhere in elsewhere:
        sign_in(browser_elsewhere, alice)
    sign_in(client, alice)
    client.post(f"{SESSIONS}/others/end")
    assert [_is_signed_in(b) for b in elsewhere] == [False, False]
    assert _is_signed_in(client)


def test_a_stranger_cannot_end_a_session(client: Client, alice: User, charlie: User) -> None:
    hers = Client()
    session = sign_in(hers, alice)
    web_session = WebSession.objects.get(credential__public_id=session["credential"])
    sign_in(client, charlie)
    assert client.post(f"{SESSIONS}/{web_session.public_id}/end").status_code == 404
    assert client.post(f"{SESSIONS}/others/end").status_code == 302
    assert _is_signed_in(hers)


def test_raising_the_epoch_ends_every_session(client: Client, alice: User) -> None:
    sign_in(client, alice)
    User.objects.filter(pk=alice.pk).update(session_epoch=1)
    assert not _is_signed_in(client)


def test_closing_the_account_ends_every_session(client: Client, alice: User) -> None:
    sign_in(client, alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not _is_signed_in(client)


def test_a_dead_session_is_flushed(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    Credential.objects.update(revoked_at=timezone.now())
    assert not _is_signed_in(client)
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_fourteen_idle_days_end_a_session(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    age_credential(session, settings.SESSION_IDLE_LIFETIME + timedelta(seconds=1))
    assert not _is_signed_in(client)


def test_a_session_in_use_stays_for_another_fourteen_days(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    two_days_ago = timezone.now() - timedelta(days=2)
    session["refreshed_at"] = two_days_ago.timestamp()
    session.save()
    Session.objects.update(expire_date=two_days_ago + settings.SESSION_IDLE_LIFETIME)
    answer = client.get(SESSIONS)
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600
    expires_at = Session.objects.get().expire_date
    assert expires_at - timezone.now() > timedelta(days=13, hours=23)


def test_a_request_right_after_another_writes_nothing(
    client: Client, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sign_in(client, alice)
    client.get(SESSIONS)
    with django_assert_num_queries(3):
        answer = client.get(SESSIONS)
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


def test_purging_removes_dead_sessions_and_their_credentials(
    client: Client, alice: User, capsys: pytest.CaptureFixture[str]
) -> None:
    idle, ended = sign_in(Client(), alice), Client()
    sign_in(ended, alice)
    ended.post("/sign-out")
    live = sign_in(client, alice)
    token = CredentialFactory.create(user=alice, revoked_at=timezone.now())
    age_credential(idle, settings.SESSION_IDLE_LIFETIME)
    Session.objects.filter(session_key=idle.session_key).update(expire_date=timezone.now())

    call_command("purge_sessions", "--dry-run")
    assert WebSession.objects.count() == 3
    call_command("purge_sessions")

    told = capsys.readouterr().out.splitlines()
    counts = "1 browser sessions and 2 internal credentials"
    assert told == [f"would remove {counts}", f"removed {counts}"]
    left = set(Credential.objects.values_list("public_id", flat=True))
    assert left == {live["credential"], token.public_id}
    assert _is_signed_in(client)


def test_signing_out_twice_is_audited_once(client: Client, alice: User) -> None:
    session = sign_in(client, alice)
    actor = browser.actor_of_session(session, origin=Origin(), now=timezone.now())
    sessions.sign_out(by=actor, now=timezone.now())
    sessions.sign_out(by=actor, now=timezone.now())
    assert actions().count(Action.SIGN_OUT) == 1


def _is_signed_in(client: Client) -> bool:
    return client.get(SESSIONS).status_code == 200
