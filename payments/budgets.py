"""The spend policies that apply to a purchase, held while it happens, and what was spent under
them: so that however many buy at once, a limit is never passed by a cent.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings

from accounts.actor import Actor
from accounts.models import SpendPolicy
from catalog.models import Listing
from payments import spending
from payments.errors import ApprovalRequired, PolicyBlocked
from payments.models import Order, OrderQuerySet
from payments.spending import Limits, Offer, Outcome


def hold(actor: Actor) -> list[SpendPolicy]:
    """Lock every policy that applies to what an actor spends: that of their token, and those of the
    organization whose wallet pays. A person who acts for themselves in a browser has none.
    """
    keys = [actor.policy.pk] if actor.policy else []
    if actor.organization is not None:
        active = actor.organization.spend_policies.filter(is_active=True, deleted_at__isnull=True)
        keys += active.values_list("pk", flat=True)
    if not keys:
        return []
    held = SpendPolicy.objects.select_for_update(no_key=True)
    return list(held.filter(pk__in=keys).order_by("pk"))


def require_allowed(
    listing: Listing,
    policies: Sequence[SpendPolicy],
    *,
    now: datetime,
    waiting: Order | None = None,
) -> None:
    """Raise PolicyBlocked or ApprovalRequired unless every held policy lets a listing be bought.

    waiting: the order that holds its price already, which is not counted twice.
    """
    limits = [limits_of(policy, now=now, waiting=waiting) for policy in policies]
    decision = spending.decide(limits, offer_of(listing), now=now)
    if decision.outcome == Outcome.BLOCK:
        raise PolicyBlocked(decision.reasons)
    if decision.outcome == Outcome.NEEDS_APPROVAL:
        raise ApprovalRequired(decision.reasons)


def limits_of(policy: SpendPolicy, *, now: datetime, waiting: Order | None = None) -> Limits:
    """Return a policy's numbers with what was spent under it today and this month, in UTC.

    waiting: an order that is left out.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    orders = _spent_under(policy)
    others = orders.exclude(pk=waiting.pk) if waiting else orders
    this_month, of_today = others.spent_cents(since=today.replace(day=1), lately_since=today)
    return Limits(
        can_spend=policy.can_spend,
        currency=settings.CURRENCY,
        max_per_purchase_cents=policy.max_per_purchase_cents,
        daily_limit_cents=policy.daily_limit_cents,
        monthly_limit_cents=policy.monthly_limit_cents,
        require_approval_above_cents=policy.require_approval_above_cents,
        vendor_allowlist=frozenset(policy.vendor_allowlist),
        blocked_types=frozenset(policy.blocked_types),
        min_release_age=timedelta(hours=policy.min_release_age_hours),
        verified_vendors_only=policy.verified_vendors_only,
        allow_executable=policy.allow_executable,
        spent_today_cents=of_today,
        spent_this_month_cents=this_month,
    )


def offer_of(listing: Listing) -> Offer:
    """Return what the decision needs to know of a listing on the shelf, with its vendor."""
    assert listing.released_at is not None
    return Offer(
        price_cents=listing.price_cents,
        currency=settings.CURRENCY,
        vendor_id=listing.vendor.public_id,
        is_vendor_verified=listing.vendor.is_verified,
        package_type=listing.type,
        runs_code=listing.runs_code,
        released_at=listing.released_at,
    )


def _spent_under(policy: SpendPolicy) -> OrderQuerySet:
    """Return the orders that count: an organization's policy caps all that leaves its wallet."""
    if policy.organization_id is not None:
        return Order.objects.filter(organization=policy.organization_id)
    return Order.objects.filter(policy=policy)
