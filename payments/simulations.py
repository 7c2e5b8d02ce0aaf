"""What would become of a purchase under a policy, and how much of its budgets is left."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actor import Actor
from accounts.models import SpendPolicy
from catalog.models import Listing
from payments import budgets
from payments.spending import Decision, Limits


@dataclass(frozen=True, slots=True)
class Budget:
    """A policy with what was spent under it; amounts in cents, never below zero."""

    policy: SpendPolicy
    limits: Limits

    @property
    def left_today_cents(self) -> int:
        """Return what may still be spent today (UTC), the month's rest included."""
        limits = self.limits
        of_today = limits.daily_limit_cents - limits.spent_today_cents
        return max(0, min(of_today, self.left_this_month_cents))

    @property
    def left_this_month_cents(self) -> int:
        """Return what may still be spent in this calendar month (UTC)."""
        return max(0, self.limits.monthly_limit_cents - self.limits.spent_this_month_cents)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would become of buying a listing now; nothing was bought or reserved."""

    listing: Listing
    decision: Decision
    budget: Budget


def budget_of(policy: SpendPolicy, *, now: datetime) -> Budget:
    """Return what is left under a policy."""
    return Budget(policy, budgets.limits_of(policy, now=now))


def simulate(policy: SpendPolicy, *, listing: str, by: Actor, now: datetime) -> Simulation:
    """Decide over a listing by its name as a purchase would.

    Raises Listing.DoesNotExist for what the actor may not see, or what was never released.
    """
    visible = Listing.objects.visible_to(by).with_vendor().without_texts()
    found = visible.filter(released_at__isnull=False).get(name=listing)
    budget = budget_of(policy, now=now)
    offer = budgets.offer_of(found, price_cents=found.price_cents)
    # An organization's policy that is not in force binds nobody.
    binds = policy.organization_id is None or policy.can_spend
    decision = budgets.decide(offer, [policy] if binds else [], now=now)
    return Simulation(found, decision, budget)
