"""The spend policies that apply to a purchase, held while it happens, and what was spent under
them: so that however many buy at once, a limit is never passed by a cent.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.conf import settings

from accounts.actor import Actor
from accounts.models import SpendPolicy
from catalog.models import Listing
from payments import spending
from payments.models import Order, OrderQuerySet
from payments.spending import Decision, Limits, Offer


def applying_to(actor: Actor) -> list[SpendPolicy]:
    """Return every policy that binds an actor: that of their token, and those in force of the
    organization they act for. A person who acts for themselves in a browser has none.
    """
    own = [actor.policy] if actor.policy else []
    if actor.organization is None:
        return own
    shared = actor.organization.spend_policies.live().filter(is_active=True)
    return [*own, *shared.exclude(pk__in=[policy.pk for policy in own])]


def judging(actor: Actor) -> list[SpendPolicy]:
    """Return the policies that say which packages an actor may have, where nothing is spent.

    Those that bind a token; whoever sits at a browser judges themselves.
    """
    is_token = actor.credential is not None and not actor.credential.is_internal
    return applying_to(actor) if is_token else []


def hold(actor: Actor) -> list[SpendPolicy]:
    """Lock every policy that applies to what an actor spends."""
    return locked(applying_to(actor))


def locked(policies: Sequence[SpendPolicy]) -> list[SpendPolicy]:
    """Lock policies, all in one order; return them as they are now."""
    keys = [policy.pk for policy in policies]
    if not keys:
        return []
    held = SpendPolicy.objects.select_for_update(no_key=True)
    return list(held.filter(pk__in=keys).order_by("pk"))


def decide(
    offer: Offer,
    policies: Sequence[SpendPolicy],
    *,
    now: datetime,
    waiting: Order | None = None,
) -> Decision:
    """Decide over an offer under some policies, with what was spent under each.

    What costs nothing is judged by what they say of packages alone, also by one that is not in
    force: switching off must never loosen it. waiting: the order that holds its price already,
    which is not counted twice.
    """
    if offer.price_cents:
        limits = [limits_of(policy, now=now, waiting=waiting) for policy in policies]
    else:
        limits = [replace(terms_of(policy), can_spend=True) for policy in policies]
    return spending.decide(limits, offer, now=now)


def limits_of(policy: SpendPolicy, *, now: datetime, waiting: Order | None = None) -> Limits:
    """Return a policy's numbers with what was spent under it today and this month, in UTC.

    waiting: an order that is left out.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    orders = _spent_under(policy)
    others = orders.exclude(pk=waiting.pk) if waiting else orders
    this_month, of_today = others.spent_cents(since=today.replace(day=1), lately_since=today)
    unspent = terms_of(policy)
    return replace(unspent, spent_today_cents=of_today, spent_this_month_cents=this_month)


def terms_of(policy: SpendPolicy) -> Limits:
    """Return a policy's numbers and lists, as if nothing was ever spent under it."""
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
    )


def offer_of(listing: Listing, *, price_cents: int) -> Offer:
    """Return what the decision needs to know of a listing on the shelf, with its vendor."""
    assert listing.released_at is not None
    return Offer(
        price_cents=price_cents,
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
