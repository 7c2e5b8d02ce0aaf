"""The device flow, server half (RFC 8628): a device asks, a person decides, the device fetches.

Both dialects, form-encoded and JSON, call these.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import device_codes, tokens
from accounts.actor import Actor
from accounts.errors import (
    DeviceGrantClosed,
    InvalidDeviceCode,
    InvalidScope,
    InvalidTokenRequest,
    UnknownClient,
)
from accounts.models import (
    CredentialKind,
    DeviceGrant,
    DeviceGrantState,
    Membership,
    Organization,
    SpendPolicy,
    User,
)
from accounts.models.credential import ACCOUNT_SCOPE_LIFETIME
from accounts.models.device_grant import Approval
from accounts.scopes import Scope, from_text, to_text
from accounts.tokens import IssuedToken, TokenRequest
from audit.actions import Action
from audit.log import record
from audit.who import ActorKind

# A lapsed code can still be told from one that never was; then its personal data goes.
KEPT_AFTER_LAPSE = timedelta(days=1)
# Two equal codes among the few that are open: one in millions, each time.
_CODE_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedGrant:
    """What a device is told; times in seconds. The device code exists here and on the device."""

    device_code: str = field(repr=False)
    user_code: str
    expires_in: int
    interval: int


class PollStatus(StrEnum):
    """How a request stands, for the device that polls."""

    PENDING = "pending"
    SLOW_DOWN = "slow_down"
    DENIED = "denied"
    EXPIRED = "expired"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """The answer to one poll. `issued` comes once, with APPROVED; `interval` is in seconds."""

    status: PollStatus
    interval: int
    issued: IssuedToken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the person chose to grant."""

    scopes: AbstractSet[Scope]
    token_lifetime: timedelta
    spend_policy: SpendPolicy | None = None
    organization: Organization | None = None


def client_name(client_id: str) -> str:
    """Return what people call an OAuth client; raises UnknownClient."""
    clients: dict[str, str] = settings.OAUTH_DEVICE_CLIENTS
    if client_id not in clients:
        raise UnknownClient
    return clients[client_id]


@transaction.atomic
def start(*, client_id: str, scopes: AbstractSet[Scope], by: Actor, now: datetime) -> StartedGrant:
    """Open a request for a device; raises UnknownClient or InvalidScope."""
    client_name(client_id)
    if not scopes:
        raise InvalidScope
    device_code = device_codes.new_device_code()
    grant = _create(
        device_code_digest=device_codes.digest(device_code),
        client_id=client_id,
        requested_scope=to_text(scopes),
        requested_ip=by.origin.ip[:45],
        requested_user_agent=by.origin.user_agent[:300],
        interval_seconds=settings.OAUTH_DEVICE_INTERVAL,
        created_at=now,
        expires_at=now + settings.OAUTH_DEVICE_CODE_LIFETIME,
    )
    record(
        Action.DEVICE_STARTED,
        by=by.who,
        now=now,
        subject=grant.subject,
        data={"client": client_id, "scope": grant.requested_scope},
    )
    return StartedGrant(
        device_code=device_code,
        user_code=device_codes.shown(grant.user_code),
        expires_in=int(settings.OAUTH_DEVICE_CODE_LIFETIME.total_seconds()),
        interval=grant.interval_seconds,
    )


def poll(device_code: str, *, client_id: str, by: Actor, now: datetime) -> Polled:
    """Answer a device that asks how its request stands; the token leaves here once.

    Raises UnknownClient, or InvalidDeviceCode for a code that is unknown, used or another client's.
    """
    client_name(client_id)
    digest = device_codes.digest(device_code)
    grant = DeviceGrant.objects.filter(device_code_digest=digest, client_id=client_id).first()
    if grant is None or grant.state == DeviceGrantState.REDEEMED:
        raise InvalidDeviceCode
    if grant.has_lapsed(now=now):
        return Polled(status=PollStatus.EXPIRED, interval=grant.interval_seconds)
    if grant.state == DeviceGrantState.DENIED:
        return Polled(status=PollStatus.DENIED, interval=grant.interval_seconds)
    if grant.state == DeviceGrantState.PENDING:
        is_in_time = grant.note_poll(now=now)
        status = PollStatus.PENDING if is_in_time else PollStatus.SLOW_DOWN
        return Polled(status=status, interval=grant.interval_seconds)
    issued = _redeem(grant, by=by, now=now)
    return Polled(status=PollStatus.APPROVED, interval=grant.interval_seconds, issued=issued)


@transaction.atomic
def approve(grant: DeviceGrant, decision: Decision, *, by: Actor, now: datetime) -> None:
    """Let a device in, for what and as long as the person chose.

    Raises StepUpRequired, InvalidTokenRequest, Organization.DoesNotExist for one that the person
    does not belong to, or DeviceGrantClosed when it cannot be decided any more.
    """
    user = by.require_step_up()
    _refuse_impossible(decision, grant)
    if decision.organization is not None:
        Membership.objects.of(user).get_of(decision.organization)
    may_buy = Scope.PURCHASE in decision.scopes
    approval = Approval(
        scope=to_text(decision.scopes),
        token_lifetime=decision.token_lifetime,
        spend_policy=_policy_of(decision, user) if may_buy else None,
        organization=decision.organization,
    )
    grant.approve(approval, by=user, now=now)
    record(
        Action.DEVICE_APPROVED,
        by=by.who,
        now=now,
        subject=grant.subject,
        data={"client": grant.client_id, "scope": approval.scope},
    )


def _policy_of(decision: Decision, user: User) -> SpendPolicy:
    """Return what was chosen; raises SpendPolicy.DoesNotExist for what is not offered to it."""
    if decision.spend_policy is None:
        return SpendPolicy.objects.default_of(user)
    offered = SpendPolicy.objects.offered_to(user, decision.organization)
    return offered.get(pk=decision.spend_policy.pk)


@transaction.atomic
def deny(grant: DeviceGrant, *, by: Actor, now: datetime) -> None:
    """Refuse a device; raises SignInRequired or DeviceGrantClosed."""
    grant.deny(by=by.require_user(), now=now)
    record(
        Action.DEVICE_DENIED,
        by=by.who,
        now=now,
        subject=grant.subject,
        data={"client": grant.client_id},
    )


@transaction.atomic
def revoke(token: str, *, client_id: str, by: Actor, now: datetime) -> None:
    """End a token that its own client hands back (RFC 7009); any other changes nothing.

    Raises UnknownClient.
    """
    client_name(client_id)
    credential = tokens.find(token)
    if credential is None or credential.client_id != client_id:
        return
    owner = Actor.of(credential, origin=by.origin)
    tokens.revoke(credential, by=owner, now=now, reason="returned by its client")


@transaction.atomic
def purge(*, now: datetime, dry_run: bool) -> int:
    """Remove requests that lapsed a day ago, with where they came from; return how many."""
    lapsed = DeviceGrant.objects.lapsed(before=now - KEPT_AFTER_LAPSE)
    count = lapsed.count()
    if not dry_run:
        lapsed.delete()
    return count


@shared_task(name="accounts.purge_device_grants")
def purge_device_grants() -> int:
    """Purge what has lapsed."""
    return purge(now=timezone.now(), dry_run=False)


def _create(**fields: object) -> DeviceGrant:
    """Create a grant under a user code that no other has."""
    for _ in range(_CODE_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return DeviceGrant.objects.create(user_code=device_codes.new_user_code(), **fields)
        except IntegrityError:
            continue
    return DeviceGrant.objects.create(user_code=device_codes.new_user_code(), **fields)


@transaction.atomic
def _redeem(approved: DeviceGrant, *, by: Actor, now: datetime) -> IssuedToken:
    """Turn an approved request into its token; raises InvalidDeviceCode when that was done."""
    if approved.organization is not None:
        # Before the grant: whoever ends a membership holds the organization, then ends its grants.
        approved.organization.lock()
    # The lock spares the losers of a race the work; the conditional update decides it.
    grant = (
        DeviceGrant.objects.select_for_update(of=("self",))
        .select_related("user", "spend_policy", "organization__namespace")
        .get(pk=approved.pk)
    )
    owner = grant.user
    if grant.state != DeviceGrantState.APPROVED or owner is None or not owner.is_active:
        raise InvalidDeviceCode
    wanted = TokenRequest(
        kind=CredentialKind.DEVICE,
        label=client_name(grant.client_id),
        scopes=from_text(grant.granted_scope),
        lifetime=timedelta(seconds=grant.token_lifetime_seconds or 0),
        spend_policy=grant.spend_policy,
        organization=grant.organization,
        client_id=grant.client_id,
    )
    on_behalf = Actor(kind=ActorKind.USER, user=owner, origin=by.origin)
    try:
        issued = tokens.issue(wanted, owner=owner, by=on_behalf, now=now)
        grant.redeem(issued.credential)
    except (DeviceGrantClosed, Organization.DoesNotExist) as error:  # they left it meanwhile
        raise InvalidDeviceCode from error
    return issued


def _refuse_impossible(decision: Decision, grant: DeviceGrant) -> None:
    if not decision.scopes or not decision.scopes <= grant.requested_scopes:
        raise InvalidTokenRequest("scopes", "Choose from what the device asked for.")
    if Scope.ACCOUNT in decision.scopes and decision.token_lifetime > ACCOUNT_SCOPE_LIFETIME:
        raise InvalidTokenRequest("lifetime", tokens.ACCOUNT_SCOPE_IS_SHORT)
