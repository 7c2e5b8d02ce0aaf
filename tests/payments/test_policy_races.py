"""However many tokens spend at once, no budget is passed by a cent, and none is left unused.

Who is refused did not fit when their turn came; what was spent only grows, so it would not fit at
the end either. That makes "exactly as many as fit" a fact for prices that differ, too.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pytest

from accounts.models import SpendPolicy, User
from payments import ledger_check
from payments.models import Order, OrderMethod, OrderState
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory, UserFactory
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.money import fill
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
_RACERS = "tests.payments.policy_racers"
_PEOPLE = 5
_PURCHASES = 50
# Nothing but the limits that a test sets stands in the way.
_WIDE = {
    "max_per_purchase_cents": 100_000,
    "require_approval_above_cents": 100_000,
    "daily_limit_cents": 100_000,
    "monthly_limit_cents": 100_000,
}
_OF_THE_DAY = (402, ("over_daily_limit",))


@dataclass(frozen=True, slots=True)
class Told:
    """What a caller was told: 201 for bought, 202 for a price that is held for a card."""

    listing: str
    status: int
    reasons: tuple[str, ...]


def shelf(prices: Sequence[int]) -> dict[str, int]:
    """Put a listing on the shelf for each price; return the prices by name.

    Each has a vendor of its own: those of one vendor would be bought in turn anyway.
    """
    made = [ListingFactory.create(price_cents=cents) for cents in prices]
    return {listing.name: listing.price_cents for listing in made}


def fifty(tokens: Collection[Bearer], prices: dict[str, int], *, methods: str) -> list[Told]:
    """Let tokens buy fifty listings at once, in five processes."""
    told = race(
        f"{_RACERS}:buy",
        ",".join(token.plaintext for token in tokens),
        ",".join(prices),
        methods,
        processes=5,
        threads=5,
        turns=2,
    )
    assert len(told) == _PURCHASES
    return [read(text) for text in told]


def read(text: str) -> Told:
    """Read what a caller returned."""
    listing, status, reasons = json.loads(text)
    return Told(listing, status, tuple(reasons))


def spent() -> int:
    """Return what is spent or held, counted from the rows."""
    counted = Order.objects.filter(state__in=[OrderState.PAID, OrderState.PENDING])
    return sum(counted.values_list("price_cents", flat=True))


def bought(told: Collection[Told]) -> list[Told]:
    """Return those that have what they asked for, or hold its price."""
    return [each for each in told if each.status in (201, 202)]


@pytest.fixture
def policy(bob: User) -> SpendPolicy:
    """One of Bob's for all of his tokens."""
    return SpendPolicyFactory.create(user=bob, name="Agents", **_WIDE)


@pytest.fixture
def tokens(bob: User, policy: SpendPolicy) -> list[Bearer]:
    """Five tokens under it, each of which pays from another wallet; only the policy is shared."""
    payers = [None, *OrganizationFactory.create_batch(_PEOPLE - 1)]
    for payer in payers:
        fill(payer or bob, 100_000)
    return [Bearer(bob, BUYER, spend_policy=policy, organization=payer) for payer in payers]


def test_fifty_purchases_by_five_tokens_of_one_policy_fill_its_day_exactly(
    policy: SpendPolicy, tokens: list[Bearer]
) -> None:
    SpendPolicy.objects.filter(pk=policy.pk).update(daily_limit_cents=499)
    told = Counter(
        (each.status, each.reasons)
        for each in fifty(tokens, shelf([100] * _PURCHASES), methods="wallet")
    )
    assert told == {(201, ()): 4, _OF_THE_DAY: 46}
    assert spent() == 400
    assert list(ledger_check.faults()) == []


def test_whatever_they_cost_and_however_they_are_paid_the_limit_holds(
    policy: SpendPolicy,
    tokens: list[Bearer],
    sandbox: PaymentSandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    SpendPolicy.objects.filter(pk=policy.pk).update(daily_limit_cents=4_000)
    prices = shelf([99 + 7 * number for number in range(_PURCHASES)])
    told = fifty(tokens, prices, methods="wallet,card,wallet")
    assert spent() == sum(prices[each.listing] for each in bought(told)) <= 4_000
    refused = [each for each in told if each not in bought(told)]
    assert {(each.status, each.reasons) for each in refused} == {_OF_THE_DAY}
    assert all(spent() + prices[each.listing] > 4_000 for each in refused)
    waiting = Order.objects.filter(method=OrderMethod.CARD)
    assert {order.state for order in waiting} == {OrderState.PENDING}
    assert waiting.count() == sum(each.status == 202 for each in told) > 0


def test_members_share_an_organizations_budget_and_none_passes_their_own() -> None:
    organization = OrganizationFactory.create()
    SpendPolicyFactory.create(
        organization=organization, name="All", **_WIDE | {"daily_limit_cents": 1_799}
    )
    members = UserFactory.create_batch(_PEOPLE)
    SpendPolicy.objects.filter(user__in=members).update(**_WIDE | {"daily_limit_cents": 499})
    tokens = [Bearer(member, BUYER, organization=organization) for member in members]
    fill(organization, 100_000)
    told = fifty(tokens, shelf([100] * _PURCHASES), methods="wallet")
    # Ten of each member: four fit their own budget, and seventeen of all fit the shared one.
    assert Counter(each.status for each in told) == {201: 17, 402: 33}
    own = Counter(Order.objects.values_list("policy__user", flat=True))
    assert own.keys() == {member.pk for member in members}
    assert max(own.values()) == 4
    assert spent() == 1_700
    assert not Order.objects.exclude(organization=organization).exists()


@pytest.mark.postgres
def test_a_policy_that_ends_lets_nobody_buy_who_waits_for_the_wallet(
    bob: User, policy: SpendPolicy
) -> None:
    fill(bob, 100_000)
    answers = race(
        f"{_RACERS}:buy_or_end",
        Bearer(bob, BUYER, spend_policy=policy).plaintext,
        ",".join(shelf([100] * 24)),
        policy.public_id,
        processes=3,
        threads=8,
    )
    [at_the_change] = [int(text) for text in answers if text.isdigit()]
    told = [read(text) for text in answers if text.startswith("[")]
    assert Order.objects.count() == len(bought(told)) == at_the_change
    refused = {(each.status, each.reasons) for each in told if each not in bought(told)}
    assert refused <= {(403, ("policy_inactive",))}
