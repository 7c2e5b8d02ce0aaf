"""The device flow's rules, without HTTP: what each step does, and what it refuses."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts import device_codes, device_flow, tokens
from accounts.device_flow import Decision, PollStatus, StartedGrant
from accounts.errors import (
    DeviceGrantClosed,
    InvalidDeviceCode,
    InvalidScope,
    InvalidTokenRequest,
    SignInRequired,
    StepUpRequired,
    UnknownClient,
)
from accounts.models import Credential, CredentialKind, DeviceGrant, User
from accounts.scopes import Scope
from audit.actions import Action
from audit.models import Event
from tests.devices import CLIENT_ID, DEVICE, approve, grant_of, person, started

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture
def grant(now: datetime) -> StartedGrant:
    return started(now, Scope.READ, Scope.DOWNLOAD)


def poll(grant: StartedGrant, now: datetime) -> device_flow.Polled:
    """Poll as the device."""
    return device_flow.poll(grant.device_code, client_id=CLIENT_ID, by=DEVICE, now=now)


def actions() -> list[str]:
    """Return the trail's actions, oldest first."""
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


# --- start


def test_a_request_tells_the_device_its_codes_and_its_pace(grant: StartedGrant) -> None:
    assert (grant.expires_in, grant.interval) == (900, 5)
    left, _, right = grant.user_code.partition("-")
    assert (len(left), len(right)) == (4, 4)
    assert set(left + right) <= set("BCDFGHJKLMNPQRSTVWXZ")
    assert len(grant.device_code) >= 43  # 256 bits in base64


def test_the_device_code_is_kept_by_digest_only(grant: StartedGrant) -> None:
    row = DeviceGrant.objects.filter(pk=grant_of(grant).pk).values().get()
    assert row["device_code_digest"] == device_codes.digest(grant.device_code)
    assert grant.device_code not in str(row)
    assert grant.device_code not in repr(grant)


def test_a_request_is_audited_with_where_it_came_from(grant: StartedGrant) -> None:
    event = Event.objects.get()
    assert (event.action, event.subject) == (Action.DEVICE_STARTED, grant_of(grant).subject)
    assert grant_of(grant).requested_ip == DEVICE.origin.ip
    assert grant.user_code.replace("-", "") not in event.data


def test_an_unknown_client_and_no_scope_are_refused(now: datetime) -> None:
    with pytest.raises(UnknownClient):
        device_flow.start(client_id="other", scopes={Scope.READ}, by=DEVICE, now=now)
    with pytest.raises(InvalidScope):
        device_flow.start(client_id=CLIENT_ID, scopes=frozenset(), by=DEVICE, now=now)
    assert not DeviceGrant.objects.exists()


# --- poll


def test_a_device_waits_until_somebody_decides(grant: StartedGrant, now: datetime) -> None:
    assert poll(grant, now).status == PollStatus.PENDING
    assert poll(grant, now + 5 * SECOND).status == PollStatus.PENDING


def test_polling_too_fast_makes_the_pace_slower_for_good(
    grant: StartedGrant, now: datetime
) -> None:
    poll(grant, now)
    slowed = poll(grant, now + 4 * SECOND)
    assert (slowed.status, slowed.interval) == (PollStatus.SLOW_DOWN, 10)
    again = poll(grant, now + 13 * SECOND)
    assert (again.status, again.interval) == (PollStatus.SLOW_DOWN, 15)
    in_time = poll(grant, now + 28 * SECOND)
    assert (in_time.status, in_time.interval) == (PollStatus.PENDING, 15)


def test_a_flood_of_polls_does_not_overflow_the_pace(grant: StartedGrant, now: datetime) -> None:
    DeviceGrant.objects.update(interval_seconds=3599, last_polled_at=now)
    assert poll(grant, now).interval == 3600
    assert poll(grant, now).interval == 3600


def test_the_pace_is_per_device_code(grant: StartedGrant, now: datetime) -> None:
    other = started(now)
    assert poll(grant, now).status == PollStatus.PENDING
    assert poll(other, now).status == PollStatus.PENDING


def test_a_code_of_nobody_opens_nothing(grant: StartedGrant, now: datetime) -> None:
    with pytest.raises(InvalidDeviceCode):
        device_flow.poll("x" * 43, client_id=CLIENT_ID, by=DEVICE, now=now)


def test_a_code_opens_nothing_for_another_client(
    grant: StartedGrant, now: datetime, alice: User, settings: Settings
) -> None:
    settings.OAUTH_DEVICE_CLIENTS = {CLIENT_ID: "ours", "other": "another"}
    approve(grant, alice, now)
    with pytest.raises(InvalidDeviceCode):
        device_flow.poll(grant.device_code, client_id="other", by=DEVICE, now=now)
    with pytest.raises(UnknownClient):
        device_flow.poll(grant.device_code, client_id="stranger", by=DEVICE, now=now)
    assert poll(grant, now).status == PollStatus.APPROVED


@pytest.mark.parametrize("is_approved", [True, False], ids=["approved", "pending"])
def test_fifteen_minutes_end_a_code(
    grant: StartedGrant, now: datetime, alice: User, *, is_approved: bool
) -> None:
    if is_approved:
        approve(grant, alice, now)
    assert poll(grant, now + timedelta(minutes=15)).status == PollStatus.EXPIRED
    assert not Credential.objects.filter(kind=CredentialKind.DEVICE).exists()


# --- approve


def test_an_approved_device_gets_a_token_that_works(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    approve(grant, alice, now)
    polled = poll(grant, now + SECOND)
    assert polled.status == PollStatus.APPROVED
    assert polled.issued is not None
    token = polled.issued.plaintext
    assert token.startswith("mog_cli_")
    credential = tokens.look_up(token, now=now + 2 * SECOND)
    assert (credential.user, credential.kind) == (alice, CredentialKind.DEVICE)
    assert credential.scopes == {Scope.READ, Scope.DOWNLOAD}
    assert (credential.label, credential.client_id) == ("mog command line", CLIENT_ID)
    assert credential.expires_at == now + SECOND + timedelta(days=365)
    assert polled.issued.expires_in == 365 * 24 * 3600


def test_a_token_leaves_once(grant: StartedGrant, now: datetime, alice: User) -> None:
    approve(grant, alice, now)
    poll(grant, now)
    with pytest.raises(InvalidDeviceCode):
        poll(grant, now + 6 * SECOND)
    assert Credential.objects.filter(kind=CredentialKind.DEVICE).count() == 1


def test_an_approved_device_is_not_slowed_down(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    poll(grant, now)
    approve(grant, alice, now)
    assert poll(grant, now + SECOND).status == PollStatus.APPROVED


def test_each_step_is_audited_with_who_did_it(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    approve(grant, alice, now)
    poll(grant, now)
    assert actions() == [Action.DEVICE_STARTED, Action.DEVICE_APPROVED, Action.TOKEN_ISSUED]
    started_event, approved_event, issued_event = Event.objects.order_by("pk")
    assert started_event.actor_id == ""
    assert approved_event.actor_id == issued_event.actor_id == alice.public_id
    assert approved_event.subject == grant_of(grant).subject


def test_a_person_may_grant_less_than_was_asked(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    row = grant_of(grant)
    decision = Decision(scopes=frozenset({Scope.READ}), token_lifetime=DAY)
    device_flow.approve(row, decision, by=person(alice), now=now)
    issued = poll(grant, now).issued
    assert issued is not None
    assert (issued.credential.scope, issued.expires_in) == ("read", 24 * 3600)


@pytest.mark.parametrize(
    ("scopes", "lifetime"),
    [
        ({Scope.SELL}, DAY),
        ({Scope.READ, Scope.SELL}, DAY),
        (set(), DAY),
    ],
)
def test_a_person_cannot_grant_what_was_not_asked(
    grant: StartedGrant, now: datetime, alice: User, scopes: set[Scope], lifetime: timedelta
) -> None:
    decision = Decision(scopes=scopes, token_lifetime=lifetime)
    with pytest.raises(InvalidTokenRequest):
        device_flow.approve(grant_of(grant), decision, by=person(alice), now=now)


def test_the_scope_account_is_granted_for_an_hour_at_most(now: datetime, alice: User) -> None:
    grant = started(now, Scope.ACCOUNT)
    with pytest.raises(InvalidTokenRequest):
        approve(grant, alice, now)
    decision = Decision(scopes={Scope.ACCOUNT}, token_lifetime=timedelta(hours=1))
    device_flow.approve(grant_of(grant), decision, by=person(alice), now=now)
    assert poll(grant, now).status == PollStatus.APPROVED


def test_a_device_that_may_buy_gets_the_default_policy(now: datetime, alice: User) -> None:
    grant = started(now, Scope.PURCHASE)
    approve(grant, alice, now)
    issued = poll(grant, now).issued
    assert issued is not None
    assert issued.credential.spend_policy == alice.spend_policies.get(is_default=True)


def test_approving_needs_a_fresh_proof_of_identity(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    decision = Decision(scopes={Scope.READ}, token_lifetime=DAY)
    with pytest.raises(StepUpRequired):
        device_flow.approve(grant_of(grant), decision, by=person(alice, stepped_up=False), now=now)
    with pytest.raises(SignInRequired):
        device_flow.approve(grant_of(grant), decision, by=DEVICE, now=now)
    assert poll(grant, now).status == PollStatus.PENDING


def test_a_request_is_decided_once_and_by_one_account(
    grant: StartedGrant, now: datetime, alice: User, bob: User
) -> None:
    stale = grant_of(grant)
    approve(grant, alice, now)
    decision = Decision(scopes={Scope.READ}, token_lifetime=DAY)
    with pytest.raises(DeviceGrantClosed):
        device_flow.approve(stale, decision, by=person(bob), now=now)
    with pytest.raises(DeviceGrantClosed):
        device_flow.deny(stale, by=person(alice), now=now)
    assert grant_of(grant).user == alice
    assert actions().count(Action.DEVICE_APPROVED) == 1
    assert Action.DEVICE_DENIED not in actions()


def test_a_lapsed_request_cannot_be_decided(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    late = now + timedelta(minutes=15)
    with pytest.raises(DeviceGrantClosed):
        approve(grant, alice, late)
    with pytest.raises(DeviceGrantClosed):
        device_flow.deny(grant_of(grant), by=person(alice), now=late)


def test_a_denied_device_is_told_so_and_stays_denied(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    device_flow.deny(grant_of(grant), by=person(alice, stepped_up=False), now=now)
    assert poll(grant, now).status == PollStatus.DENIED
    with pytest.raises(DeviceGrantClosed):
        approve(grant, alice, now)
    assert actions() == [Action.DEVICE_STARTED, Action.DEVICE_DENIED]


def test_an_account_that_was_closed_meanwhile_lets_nobody_in(
    grant: StartedGrant, now: datetime, alice: User
) -> None:
    approve(grant, alice, now)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(InvalidDeviceCode):
        poll(grant, now)
    assert not Credential.objects.filter(kind=CredentialKind.DEVICE).exists()


def test_the_owner_is_told_by_mail_and_the_mail_has_no_secret(
    grant: StartedGrant,
    now: datetime,
    alice: User,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    approve(grant, alice, now)
    with django_capture_on_commit_callbacks(execute=True):
        issued = poll(grant, now).issued
    assert issued is not None
    [sent] = mailbox
    assert sent.to == [alice.email]
    text = sent.message().as_string()
    assert issued.credential.prefix in text
    assert "203.0.113.9" in text
    assert "mog/1.0" in text
    assert issued.plaintext[12:] not in text


# --- revoke


@pytest.fixture
def token(grant: StartedGrant, now: datetime, alice: User) -> str:
    approve(grant, alice, now)
    issued = poll(grant, now).issued
    assert issued is not None
    return issued.plaintext


def test_a_client_ends_its_own_token(token: str, now: datetime) -> None:
    device_flow.revoke(token, client_id=CLIENT_ID, by=DEVICE, now=now)
    found = tokens.find(token)
    assert found is not None
    assert found.revoked_at == now
    assert actions()[-1] == Action.TOKEN_REVOKED


def test_ending_it_twice_changes_nothing(token: str, now: datetime) -> None:
    device_flow.revoke(token, client_id=CLIENT_ID, by=DEVICE, now=now)
    device_flow.revoke(token, client_id=CLIENT_ID, by=DEVICE, now=now + SECOND)
    assert actions().count(Action.TOKEN_REVOKED) == 1


def test_a_client_cannot_end_anothers_token(token: str, now: datetime, settings: Settings) -> None:
    settings.OAUTH_DEVICE_CLIENTS = {CLIENT_ID: "ours", "other": "another"}
    device_flow.revoke(token, client_id="other", by=DEVICE, now=now)
    tokens.look_up(token, now=now)
