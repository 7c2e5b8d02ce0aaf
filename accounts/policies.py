"""Spend policies: made, changed and ended by a present person, never by a token.

What a change says holds at once for every live token under the policy, because each purchase reads
the row while it holds it.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.errors import InvalidPolicy, PolicyInUse
from accounts.models import Credential, SpendPolicy, User
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


@transaction.atomic
def create(terms: Terms, *, by: Actor, now: datetime) -> SpendPolicy:
    """Make a policy of the person; raises SignInRequired, StepUpRequired and InvalidPolicy."""
    user = by.require_step_up()
    policy = SpendPolicy.objects.create(user=user, created_at=now, **_columns(terms))
    _record(Action.POLICY_CREATED, policy, by=by, now=now)
    return policy


@transaction.atomic
def change(policy: SpendPolicy, terms: Terms, *, by: Actor, now: datetime) -> SpendPolicy:
    """Let a policy of the person say something else from now on.

    Raises SignInRequired, StepUpRequired, InvalidPolicy, and SpendPolicy.DoesNotExist for what is
    not theirs or was deleted.
    """
    held = _held(policy, of=by.require_step_up())
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

    Raises SignInRequired, StepUpRequired, PolicyInUse for the default policy, and
    SpendPolicy.DoesNotExist for what is not theirs or was deleted.
    """
    held = _held(policy, of=by.require_step_up())
    if held.is_default:
        raise PolicyInUse
    held.deleted_at = now
    held.save(update_fields=["deleted_at"])
    _record(Action.POLICY_DELETED, held, by=by, now=now)


@transaction.atomic
def attach(policy: SpendPolicy, *, to: Credential, by: Actor, now: datetime) -> None:
    """Put a token of the person that may buy under another of their policies.

    Raises SignInRequired, StepUpRequired, InvalidPolicy for a token that may not buy, and
    SpendPolicy.DoesNotExist for a policy that is not theirs or was deleted.
    """
    user = by.require_step_up()
    held = _held(policy, of=user)
    tokens = Credential.objects.tokens_of(user).filter(pk=to.pk, spend_policy__isnull=False)
    if tokens.update(spend_policy=held) != 1:
        raise InvalidPolicy("token", "This token buys nothing, so it needs no policy.")
    data = {"policy": held.public_id}
    record(Action.POLICY_ATTACHED, by=by.who, now=now, subject=to.subject, data=data)


def _held(policy: SpendPolicy, *, of: User) -> SpendPolicy:
    """Lock a policy, which every purchase under it waits for."""
    live = SpendPolicy.objects.live().filter(user=of)
    return live.select_for_update(no_key=True).get(pk=policy.pk)


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
