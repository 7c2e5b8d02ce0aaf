"""Spend policies: made, changed and ended by a present person, never by a token.

Those of an organization are its admins'; they bind all that leaves its wallet, whoever buys.

What a change says holds at once for every live token under the policy, because each purchase reads
the row while it holds it.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Self

from django.db import transaction

from accounts import memberships
from accounts.actor import Actor
from accounts.errors import InvalidPolicy, PolicyInUse
from accounts.models import Credential, Role, SpendPolicy
from audit.actions import Action
from audit.log import record

NAME_LENGTH = 80
# No limit may be higher, so that a typing error is one.
MOST_CENTS = 10_000_000
# A year; a release that is older has no age that anybody waits for.
MOST_AGE_HOURS = 8_760


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a policy says. Amounts in cents, windows of the calendar in UTC.

    vendor_allowlist: opaque ids of vendors; empty allows all. blocked_types: of packages.
    """

    name: str
    is_active: bool = True
    max_per_purchase_cents: int = 1_000
    daily_limit_cents: int = 5_000
    monthly_limit_cents: int = 20_000
    require_approval_above_cents: int = 500
    vendor_allowlist: Collection[str] = ()
    blocked_types: Collection[str] = ()
    min_release_age_hours: int = 0
    verified_vendors_only: bool = False
    allow_executable: bool = False

    @classmethod
    def of(cls, policy: SpendPolicy) -> Self:
        """Return what a policy says now."""
        return cls(**{column.name: getattr(policy, column.name) for column in fields(cls)})


@transaction.atomic
def create(terms: Terms, *, by: Actor, now: datetime) -> SpendPolicy:
    """Make a policy of the person, or of the organization that they act for.

    Raises SignInRequired, StepUpRequired, RoleRequired, InvalidPolicy, and
    Organization.DoesNotExist for one that was deleted meanwhile.
    """
    user = by.require_step_up()
    by.require_manager()
    memberships.hold_party(by)
    policy = SpendPolicy.objects.create(
        user=None if by.organization else user,
        organization=by.organization,
        created_at=now,
        **_columns(terms),
    )
    _record(Action.POLICY_CREATED, policy, by=by, now=now)
    return policy


@transaction.atomic
def change(policy: SpendPolicy, terms: Terms, *, by: Actor, now: datetime) -> SpendPolicy:
    """Let a policy of the person, or of an organization of theirs, say something else from now on.

    Raises SignInRequired, StepUpRequired, InvalidPolicy, RoleRequired for a mere member, and
    ObjectDoesNotExist for what is not theirs or was deleted.
    """
    held = _held(policy, by=by)
    columns = _columns(terms)
    changed = sorted(name for name, value in columns.items() if getattr(held, name) != value)
    for name, value in columns.items():
        setattr(held, name, value)
    if changed:
        held.save(update_fields=changed)
        _record(Action.POLICY_CHANGED, held, by=by, now=now, changed=changed)
    return held


@transaction.atomic
def delete(policy: SpendPolicy, *, by: Actor, now: datetime) -> None:
    """End a policy: tokens under it can spend nothing from now on.

    Raises PolicyInUse for the default policy, and what `change` does.
    """
    held = _held(policy, by=by)
    if held.is_default:
        raise PolicyInUse
    held.deleted_at = now
    held.save(update_fields=["deleted_at"])
    _record(Action.POLICY_DELETED, held, by=by, now=now)


@transaction.atomic
def attach(policy: SpendPolicy, *, to: Credential, by: Actor, now: datetime) -> None:
    """Put a token of the person that may buy under another policy that it may be put under.

    Raises SignInRequired, StepUpRequired, InvalidPolicy for a token that may not buy, and
    SpendPolicy.DoesNotExist for a policy that is not offered to it.
    """
    user = by.require_step_up()
    offered = SpendPolicy.objects.offered_to(user, to.organization)
    held = offered.select_for_update(no_key=True).get(pk=policy.pk)
    tokens = Credential.objects.tokens_of(user).filter(pk=to.pk, spend_policy__isnull=False)
    if tokens.update(spend_policy=held) != 1:
        raise InvalidPolicy("token", "This token buys nothing, so it needs no policy.")
    data = {"policy": held.public_id}
    record(Action.POLICY_ATTACHED, by=by.who, now=now, subject=to.subject, data=data)


def _held(policy: SpendPolicy, *, by: Actor) -> SpendPolicy:
    """Lock a policy that a person may change, which every purchase under it waits for."""
    user = by.require_step_up()
    held = SpendPolicy.objects.live().select_for_update(no_key=True).get(pk=policy.pk)
    if held.organization is not None:
        memberships.require_role(held.organization, Role.ADMIN, by=by)
    elif held.user_id != user.pk:
        raise SpendPolicy.DoesNotExist
    return held


def _columns(terms: Terms) -> dict[str, object]:
    """Return what goes into the row; raises InvalidPolicy."""
    columns = asdict(terms)
    columns["name"] = terms.name.strip()
    if not 1 <= len(columns["name"]) <= NAME_LENGTH:
        raise InvalidPolicy("name", f"Give it a name of at most {NAME_LENGTH} characters.")
    for name, value in columns.items():
        if name.endswith("_cents") and not 0 <= value <= MOST_CENTS:
            raise InvalidPolicy(name, f"Choose from 0 to {MOST_CENTS} cents.")
    if not 0 <= terms.min_release_age_hours <= MOST_AGE_HOURS:
        raise InvalidPolicy("min_release_age_hours", f"Choose from 0 to {MOST_AGE_HOURS} hours.")
    for name in ("vendor_allowlist", "blocked_types"):
        columns[name] = sorted(set(columns[name]))
    return columns


def _record(
    action: Action,
    policy: SpendPolicy,
    *,
    by: Actor,
    now: datetime,
    changed: Collection[str] = (),
) -> None:
    data = {
        "maxPerPurchaseCents": policy.max_per_purchase_cents,
        "dailyLimitCents": policy.daily_limit_cents,
        "monthlyLimitCents": policy.monthly_limit_cents,
        "requireApprovalAboveCents": policy.require_approval_above_cents,
        "isActive": policy.is_active,
    }
    facts = data | ({"changed": ",".join(changed)} if changed else {})
    record(action, by=by.who, now=now, subject=policy.subject, data=facts)
