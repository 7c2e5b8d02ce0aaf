"""What is said of the policies that a token spends under: its own, and an organization's."""

from collections.abc import Iterable
from dataclasses import dataclass

from mog_cli.answers import Account
from mog_cli.output import one_line
from mog_cli.token_answers import SpendPolicy


@dataclass(frozen=True, slots=True)
class Binding:
    """The policies that bind what a token buys; of two that apply, the stricter counts."""

    own: SpendPolicy | None = None
    shared: tuple[SpendPolicy, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Return them for people."""
        own = _lines_of(self.own, whose="Spend policy") if self.own else []
        shared = (_lines_of(each, whose="The organization's policy") for each in self.shared)
        return [*own, *(line for lines in shared for line in lines)]

    @property
    def data(self) -> dict[str, object]:
        """Return them for `--json`."""
        return {
            "spendPolicy": _data_of(self.own) if self.own else None,
            "organizationPolicies": [_data_of(policy) for policy in self.shared],
        }


def binding(account: Account, policies: Iterable[SpendPolicy]) -> Binding:
    """Return what binds, of all that a token may see."""
    known = {policy.id: policy for policy in policies}
    own = known.pop(account.spend_policy_id or "", None)
    # One that an organization has switched off does not apply.
    shared = (policy for policy in known.values() if policy.organization_id and policy.is_active)
    return Binding(own, tuple(shared))


def _lines_of(policy: SpendPolicy, *, whose: str) -> list[str]:
    if not policy.is_active:
        return [one_line(f"{whose}: {policy.name}, switched off, so nothing can be bought")]
    limits = (
        f"{_amount(policy.max_per_purchase_cents)} a purchase,"
        f" {_amount(policy.daily_limit_cents)} a day,"
        f" {_amount(policy.monthly_limit_cents)} a month;"
        f" a person approves what is above {_amount(policy.require_approval_above_cents)}"
    )
    left = (
        f"Left to spend: {_amount(policy.left_today_cents)} today,"
        f" {_amount(policy.left_this_month_cents)} this month"
    )
    return [one_line(f"{whose}: {policy.name}: {limits}"), left]


def _data_of(policy: SpendPolicy) -> dict[str, object]:
    return {
        "id": policy.id,
        "name": policy.name,
        "active": policy.is_active,
        "maxPerPurchaseCents": policy.max_per_purchase_cents,
        "dailyLimitCents": policy.daily_limit_cents,
        "monthlyLimitCents": policy.monthly_limit_cents,
        "requireApprovalAboveCents": policy.require_approval_above_cents,
        "leftTodayCents": policy.left_today_cents,
        "leftThisMonthCents": policy.left_this_month_cents,
    }


def _amount(cents: int) -> str:
    # Policies name no currency: it is the marketplace's one.
    return f"{cents // 100}.{cents % 100:02}"
