"""Issue, look up, use and revoke credentials."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts import mail, token_format, user_agent
from accounts.actor import Actor
from accounts.errors import InvalidCredential, InvalidTokenRequest
from accounts.mail import Letter
from accounts.models import (
    Credential,
    CredentialKind,
    Membership,
    Organization,
    Role,
    SpendPolicy,
    User,
)
from accounts.models.credential import (
    ACCOUNT_SCOPE_LIFETIME,
    MAXIMUM_LIFETIME,
    CredentialQuerySet,
)
from accounts.scopes import ALL_SCOPES, Scope, to_text
from audit.actions import Action
from audit.log import record

ACCOUNT_SCOPE_IS_SHORT = "A token with the scope 'account' lives at most one hour."
# Written at most this often, so that a busy token does not cost a write per request.
_LAST_USED_RESOLUTION = timedelta(minutes=1)

_PREFIXES = {
    CredentialKind.PERSONAL: token_format.TokenPrefix.PERSONAL,
    CredentialKind.DEVICE: token_format.TokenPrefix.DEVICE,
    CredentialKind.ORGANIZATION: token_format.TokenPrefix.ORGANIZATION,
}

# Who may have a token act for an organization.
_ROLES = {
    CredentialKind.PERSONAL: Role.MEMBER,
    CredentialKind.DEVICE: Role.MEMBER,
    CredentialKind.ORGANIZATION: Role.ADMIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a new token shall be. Without a `spend_policy` it gets the default, if it may buy.

    client_id: the OAuth client that a device token is for.
    """

    kind: CredentialKind
    label: str
    scopes: AbstractSet[Scope]
    lifetime: timedelta = MAXIMUM_LIFETIME
    spend_policy: SpendPolicy | None = None
    organization: Organization | None = None
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A credential and its plaintext, which exists here and in the one answer that shows it."""

    credential: Credential
    plaintext: str

    @property
    def expires_in(self) -> int:
        """Return how long the token lives from its creation, in seconds."""
        assert self.credential.expires_at is not None
        return int((self.credential.expires_at - self.credential.created_at).total_seconds())

    def __repr__(self) -> str:
        """Name the credential only: a plaintext must not reach a log or a traceback."""
        return f"IssuedToken({self.credential.public_id})"


def find(token: str) -> Credential | None:
    """Return the credential of a token whatever its state, with user, policy and organization."""
    if not token_format.is_well_formed(token):
        return None
    return Credential.objects.with_actor().filter(digest=token_format.digest(token)).first()


def look_up(token: str, *, now: datetime) -> Credential:
    """Return the live credential of a token with user, policy and organization, in one query.

    Raises InvalidCredential; a token with a wrong checksum costs no query.
    """
    if not token_format.is_well_formed(token):
        raise InvalidCredential
    credential = (
        Credential.objects.with_actor()
        .live(now=now)
        .filter(digest=token_format.digest(token))
        .first()
    )
    if credential is None:
        raise InvalidCredential
    return credential


def shared_with(by: Actor) -> CredentialQuerySet:
    """Return the own tokens of the organization that an admin acts for; nobody else sees them."""
    if by.organization is None or not by.may_manage:
        return Credential.objects.none()
    return Credential.objects.own_of(by.organization)


def revocable_by(by: Actor) -> CredentialQuerySet:
    """Return which tokens a person may end: theirs, and those that are shared with them.

    Raises SignInRequired.
    """
    return Credential.objects.tokens_of(by.require_user()) | shared_with(by)


def note_use(credential: Credential, *, by: Actor, now: datetime) -> None:
    """Remember that a credential was used, at most once a minute; its first use is audited."""
    if credential.last_used_at and now - credential.last_used_at < _LAST_USED_RESOLUTION:
        return
    with transaction.atomic():
        was_unused = Credential.objects.filter(pk=credential.pk, last_used_at__isnull=True).update(
            last_used_at=now
        )
        if was_unused and not credential.is_internal:
            record(
                Action.TOKEN_FIRST_USED,
                by=by.who,
                now=now,
                subject=credential.subject,
            )
        if not was_unused:
            Credential.objects.filter(
                pk=credential.pk, last_used_at__lte=now - _LAST_USED_RESOLUTION
            ).update(last_used_at=now)
    credential.last_used_at = now


def issue(wanted: TokenRequest, *, owner: User, by: Actor, now: datetime) -> IssuedToken:
    """Create a token for `owner` inside the caller's transaction, with its audit row; tell them.

    The caller has asked for step-up; this is the joint of the tokens page, the device flow and
    organizations.
    Raises InvalidTokenRequest for an empty or impossible combination, Organization.DoesNotExist for
    one that the owner does not belong to, and RoleRequired where belonging is not enough.
    """
    _refuse_impossible(wanted)
    if wanted.organization is not None:
        # Until the token stands, so that whoever ends the membership ends it too.
        wanted.organization.lock()
        Membership.objects.of(owner).get_of(wanted.organization).require(_ROLES[wanted.kind])
    policy = wanted.spend_policy
    if policy is None and Scope.PURCHASE in wanted.scopes:
        policy = SpendPolicy.objects.default_of(owner)
    plaintext = token_format.generate(_PREFIXES[wanted.kind])
    credential = Credential.objects.create(
        user=owner,
        kind=wanted.kind,
        label=wanted.label,
        prefix=plaintext[: token_format.DISPLAY_LENGTH],
        digest=token_format.digest(plaintext),
        scope=to_text(wanted.scopes),
        client_id=wanted.client_id,
        spend_policy=policy,
        organization=wanted.organization,
        created_at=now,
        expires_at=now + wanted.lifetime,
    )
    record(
        Action.TOKEN_ISSUED,
        by=by.who,
        now=now,
        subject=credential.subject,
        data={"kind": credential.kind, "scope": credential.scope},
    )
    mail.send_on_commit(_notice(credential, by=by), to=owner.email)
    return IssuedToken(credential, plaintext)


@transaction.atomic
def issue_personal(
    *,
    label: str,
    scopes: AbstractSet[Scope],
    lifetime: timedelta,
    by: Actor,
    now: datetime,
    policy: SpendPolicy | None = None,
    organization: Organization | None = None,
    kind: CredentialKind = CredentialKind.PERSONAL,
) -> IssuedToken:
    """Create a token for the person who asks, who buys under a policy offered to it if it may buy.

    organization: the one it acts for, whose own it is with that kind.
    Raises StepUpRequired, what `issue` raises, and SpendPolicy.DoesNotExist for a policy that is
    not offered to it or was deleted.
    """
    user = by.require_step_up()
    if policy is not None:
        policy = SpendPolicy.objects.offered_to(user, organization).get(pk=policy.pk)
    wanted = TokenRequest(
        kind=kind,
        label=label,
        scopes=scopes,
        lifetime=lifetime,
        spend_policy=policy if Scope.PURCHASE in scopes else None,
        organization=organization,
    )
    return issue(wanted, owner=user, by=by, now=now)


def issue_internal(user: User, *, now: datetime) -> Credential:
    """Create the credential of a web session: no secret exists, so it can never be presented.

    The sign-in that calls this records itself.
    """
    return Credential.objects.create(
        user=user,
        kind=CredentialKind.INTERNAL,
        label="Web session",
        scope=to_text(ALL_SCOPES),
        created_at=now,
        last_used_at=now,
    )


@transaction.atomic
def revoke(credential: Credential, *, by: Actor, now: datetime, reason: str = "requested") -> bool:
    """End a credential and tell whether it was still unrevoked; a second call changes nothing."""
    changed = Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(
        revoked_at=now
    )
    if changed:
        action = Action.SESSION_REVOKED if credential.is_internal else Action.TOKEN_REVOKED
        record(
            action,
            by=by.who,
            now=now,
            subject=credential.subject,
            data={"reason": reason},
        )
    return bool(changed)


@transaction.atomic
def revoke_bound_to(
    organization: Organization,
    *,
    of: User | None = None,
    kind: CredentialKind | None = None,
    by: Actor,
    now: datetime,
    reason: str,
) -> int:
    """End the tokens that act for an organization, and return how many.

    of: one person's only. kind: of that kind only; a former admin keeps what a member may have.
    A token under a membership that ended is dead anyway; this keeps it dead when its person joins
    again. Call it while the row of the organization is locked: `issue` waits for that.
    """
    bound = Credential.objects.filter(organization=organization, revoked_at__isnull=True)
    ended = bound.exclude(kind=CredentialKind.INTERNAL)
    if of is not None:
        ended = ended.filter(user=of)
    if kind is not None:
        ended = ended.filter(kind=kind)
    return sum(revoke(token, by=by, now=now, reason=reason) for token in ended.order_by("pk"))


def _notice(credential: Credential, *, by: Actor) -> Letter:
    assert credential.expires_at is not None
    facts = {
        "label": credential.label,
        "prefix": credential.prefix,
        "scopes": [scope.description for scope in sorted(credential.scopes)],
        "created_at": f"{credential.created_at:%Y-%m-%d %H:%M} UTC",
        "expires_at": f"{credential.expires_at:%Y-%m-%d %H:%M} UTC",
        "ip": by.origin.ip,
        "device": user_agent.software(by.origin.user_agent),
    }
    return Letter(template="token_issued", subject="A new token for your account", facts=facts)


def _refuse_impossible(wanted: TokenRequest) -> None:
    if not wanted.scopes:
        raise InvalidTokenRequest("scopes", "Choose at least one scope.")
    if not wanted.label.strip():
        raise InvalidTokenRequest("label", "Give the token a label you will recognise later.")
    if wanted.lifetime > MAXIMUM_LIFETIME or wanted.lifetime <= timedelta():
        raise InvalidTokenRequest("lifetime", "A token lives at most one year.")
    if Scope.ACCOUNT in wanted.scopes and wanted.lifetime > ACCOUNT_SCOPE_LIFETIME:
        raise InvalidTokenRequest("lifetime", ACCOUNT_SCOPE_IS_SHORT)
    if wanted.kind == CredentialKind.ORGANIZATION and wanted.organization is None:
        raise InvalidTokenRequest("organization", "An organization token names its organization.")
