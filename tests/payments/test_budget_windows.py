"""What counts towards a policy's budgets, and in which day and month: of the calendar, in UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from accounts.actor import Actor
from accounts.models import Organization, SpendPolicy, User
from audit.who import Origin
from payments import budgets, checkout, refunds
from payments.errors import PolicyRefused
from payments.models import Order, OrderMethod, OrderState
from payments.sale_terms import Wanted
from payments.spending import Reason
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory, UserFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import OrderFactory
from tests.money import fill

pytestmark = pytest.mark.django_db

PRICE = 499
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def at(text: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def policy(bob: User) -> SpendPolicy:
    """Bob's default one: 50 a day, 200 a month."""
    return bob.spend_policies.get()


def spent(policy: SpendPolicy, *, now: datetime) -> tuple[int, int]:
    """Return what was spent today and this month."""
    limits = budgets.limits_of(policy, now=now)
    return limits.spent_today_cents, limits.spent_this_month_cents


@pytest.mark.parametrize(
    ("bought", "asked", "today", "this_month"),
    [
        # a day
        ("2026-06-15 00:00:00", "2026-06-15 00:00:00", True, True),
        ("2026-06-15 00:00:00", "2026-06-15 23:59:59.999999", True, True),
        ("2026-06-14 23:59:59.999999", "2026-06-15 00:00:00", False, True),
        # a month, of thirty days and of thirty-one
        ("2026-06-01 00:00:00", "2026-06-30 23:59:59.999999", False, True),
        ("2026-06-30 23:59:59.999999", "2026-07-01 00:00:00", False, False),
        ("2026-07-31 00:00:00", "2026-07-31 23:59:59.999999", True, True),
        ("2026-07-31 23:59:59.999999", "2026-08-01 00:00:00", False, False),
        # a year
        ("2026-12-31 23:59:59.999999", "2027-01-01 00:00:00", False, False),
        ("2026-06-15 12:00:00", "2027-06-15 12:00:00", False, False),
        # February, and its leap day
        ("2027-02-28 23:59:59.999999", "2027-03-01 00:00:00", False, False),
        ("2028-02-28 23:59:59.999999", "2028-02-29 00:00:00", False, True),
        ("2028-02-01 00:00:00", "2028-02-29 23:59:59.999999", False, True),
        ("2028-02-29 23:59:59.999999", "2028-03-01 00:00:00", False, False),
    ],
)
def test_a_purchase_counts_in_its_own_day_and_month(
    policy: SpendPolicy, bought: str, asked: str, *, today: bool, this_month: bool
) -> None:
    OrderFactory.create(policy=policy, created_at=at(bought))
    assert spent(policy, now=at(asked)) == (PRICE * today, PRICE * this_month)


@pytest.mark.parametrize("hours", [-12, -5, 2, 14])
def test_the_callers_zone_does_not_move_midnight(policy: SpendPolicy, hours: int) -> None:
    midnight = at("2026-06-15")
    OrderFactory.create(policy=policy, created_at=midnight - TICK)
    OrderFactory.create(policy=policy, created_at=midnight)
    there = timezone(timedelta(hours=hours))
    assert spent(policy, now=midnight.astimezone(there)) == (PRICE, 2 * PRICE)
    assert spent(policy, now=(midnight - TICK).astimezone(there))[1] == 2 * PRICE


@pytest.mark.parametrize(
    ("method", "state", "counts"),
    [
        (OrderMethod.WALLET, OrderState.PAID, True),
        (OrderMethod.CARD, OrderState.PENDING, True),
        (OrderMethod.CARD, OrderState.FAILED, False),
        (OrderMethod.CARD, OrderState.CANCELED, False),
    ],
)
def test_what_is_paid_or_may_be_counts(
    policy: SpendPolicy, method: OrderMethod, state: OrderState, *, counts: bool
) -> None:
    OrderFactory.create(policy=policy, method=method, state=state, created_at=NOON)
    assert spent(policy, now=NOON) == (PRICE * counts, PRICE * counts)


def test_what_others_spend_counts_for_nobody_else(bob: User, policy: SpendPolicy) -> None:
    other = SpendPolicyFactory.create(user=bob, name="Another")
    OrderFactory.create(user=bob, policy=other, created_at=NOON)
    OrderFactory.create(user=bob, policy=None, created_at=NOON)
    OrderFactory.create(policy=UserFactory.create().spend_policies.get(), created_at=NOON)
    assert spent(policy, now=NOON) == (0, 0)


class TestPurchases:
    """The same windows, from purchase to purchase."""

    @pytest.fixture
    def buy(self, bob: User, policy: SpendPolicy) -> Callable[..., Order]:
        """Buy something new with Bob's token at a moment."""
        fill(bob, 100_000)
        by = Bearer(bob, BUYER, spend_policy=policy).actor

        def _buy(*, now: datetime, price_cents: int = 400) -> Order:
            listing = ListingFactory.create(price_cents=price_cents)
            listing.released_at = at("2026-01-01")
            listing.save()
            wanted = Wanted(listing=listing.name)
            order = checkout.purchase(wanted, by=by, now=now, may_pay=True).order
            assert order is not None
            return order

        return _buy

    def refused(self, buy: Callable[..., Order], **asked: object) -> tuple[Reason, ...]:
        """Return why it is not bought."""
        with pytest.raises(PolicyRefused) as refusal:
            buy(**asked)
        return refusal.value.reasons

    def test_fill_a_day_to_the_cent_and_midnight_empties_it(
        self, buy: Callable[..., Order], policy: SpendPolicy
    ) -> None:
        SpendPolicy.objects.filter(pk=policy.pk).update(daily_limit_cents=800)
        midnight = at("2026-06-16")
        buy(now=midnight - timedelta(hours=24))
        assert self.refused(buy, now=midnight - TICK, price_cents=401) == (Reason.OVER_DAILY_LIMIT,)
        buy(now=midnight - TICK)
        assert self.refused(buy, now=midnight - TICK, price_cents=99) == (Reason.OVER_DAILY_LIMIT,)
        buy(now=midnight)

    def test_fill_a_month_to_the_cent_and_its_end_empties_it(
        self, buy: Callable[..., Order], policy: SpendPolicy
    ) -> None:
        SpendPolicy.objects.filter(pk=policy.pk).update(monthly_limit_cents=800)
        end = at("2028-03-01")
        buy(now=at("2028-02-01"))
        buy(now=end - TICK)
        assert self.refused(buy, now=end - TICK, price_cents=99) == (Reason.OVER_MONTHLY_LIMIT,)
        buy(now=end)

    def test_that_are_refunded_give_their_own_window_its_budget_back(
        self, buy: Callable[..., Order], policy: SpendPolicy, bob: User
    ) -> None:
        SpendPolicy.objects.filter(pk=policy.pk).update(
            daily_limit_cents=500, monthly_limit_cents=900
        )
        yesterday, today = buy(now=NOON - timedelta(days=1)), buy(now=NOON)
        by = Bearer(bob, BUYER, spend_policy=policy).actor
        assert spent(policy, now=NOON) == (400, 800)
        refunds.take_back(yesterday, by=by, now=NOON)
        assert spent(policy, now=NOON) == (400, 400)
        assert self.refused(buy, now=NOON, price_cents=101) == (Reason.OVER_DAILY_LIMIT,)
        refunds.take_back(today, by=by, now=NOON)
        assert spent(policy, now=NOON) == (0, 0)
        buy(now=NOON, price_cents=500)

    def test_of_last_month_that_are_refunded_now_give_this_one_nothing(
        self, buy: Callable[..., Order], policy: SpendPolicy, bob: User
    ) -> None:
        SpendPolicy.objects.filter(pk=policy.pk).update(monthly_limit_cents=400)
        begin = at("2026-07-01")
        before = buy(now=begin - TICK)
        buy(now=begin)
        by = Bearer(bob, BUYER, spend_policy=policy).actor
        refunds.take_back(before, by=by, now=begin)
        assert spent(policy, now=begin) == (400, 400)
        assert spent(policy, now=begin - TICK)[1] == 400  # what came later counts, never less
        assert self.refused(buy, now=begin, price_cents=99) == (Reason.OVER_MONTHLY_LIMIT,)

    def test_that_are_refunded_in_part_give_that_part_back(
        self, buy: Callable[..., Order], policy: SpendPolicy, bob: User
    ) -> None:
        staff = Actor.staff(UserFactory.create(), origin=Origin())
        refunds.refund(buy(now=NOON), amount_cents=150, reason="Sorry.", by=staff, now=NOON)
        assert spent(policy, now=NOON) == (250, 250)


class TestAnOrganization:
    """Its policies and that of the token both count, each its own money."""

    @pytest.fixture
    def organization(self) -> Organization:
        return OrganizationFactory.create()

    @pytest.fixture
    def shared(self, organization: Organization) -> SpendPolicy:
        """What all who act for it may spend together."""
        return SpendPolicyFactory.create(organization=organization)

    def reasons(self, bob: User, organization: Organization, price_cents: int) -> list[Reason]:
        """Return why Bob may not spend so much for it."""
        by = Bearer(bob, BUYER, organization=organization).actor
        listing = ListingFactory.create()
        listing.released_at = NOON
        offer = budgets.offer_of(listing, price_cents=price_cents)
        return list(budgets.decide(offer, budgets.hold(by), now=NOON).reasons)

    @pytest.mark.parametrize(
        ("own", "of_all", "expected"),
        [
            ({}, {}, []),
            ({"daily_limit_cents": 400}, {}, []),
            ({"daily_limit_cents": 399}, {}, [Reason.OVER_DAILY_LIMIT]),
            ({}, {"daily_limit_cents": 400}, []),
            ({}, {"daily_limit_cents": 399}, [Reason.OVER_DAILY_LIMIT]),
            ({}, {"monthly_limit_cents": 399}, [Reason.OVER_MONTHLY_LIMIT]),
            ({}, {"max_per_purchase_cents": 399}, [Reason.OVER_PURCHASE_LIMIT]),
            ({}, {"require_approval_above_cents": 399}, [Reason.OVER_APPROVAL_THRESHOLD]),
            (
                {"daily_limit_cents": 399},
                {"monthly_limit_cents": 399},
                [Reason.OVER_DAILY_LIMIT, Reason.OVER_MONTHLY_LIMIT],
            ),
            ({}, {"blocked_types": ["skill"]}, [Reason.TYPE_BLOCKED]),
            (
                {"verified_vendors_only": True},
                {"min_release_age_hours": 1},
                [Reason.VENDOR_UNVERIFIED, Reason.RELEASE_TOO_YOUNG],
            ),
            ({"is_active": False}, {}, [Reason.POLICY_INACTIVE]),
            ({}, {"is_active": False, "daily_limit_cents": 0}, []),
            ({}, {"deleted_at": NOON, "daily_limit_cents": 0}, []),
        ],
    )
    def test_is_bound_by_the_stricter_of_both(
        self,
        bob: User,
        organization: Organization,
        policy: SpendPolicy,
        shared: SpendPolicy,
        own: dict[str, object],
        of_all: dict[str, object],
        expected: list[Reason],
    ) -> None:
        SpendPolicy.objects.filter(pk=policy.pk).update(**own)
        SpendPolicy.objects.filter(pk=shared.pk).update(**of_all)
        assert self.reasons(bob, organization, 400) == expected

    def test_counts_what_all_have_spent_and_a_token_what_it_has(
        self, bob: User, organization: Organization, policy: SpendPolicy, shared: SpendPolicy
    ) -> None:
        own = {"user": None, "organization": organization, "created_at": NOON}
        OrderFactory.create(policy=policy, **own)
        OrderFactory.create(policy=UserFactory.create().spend_policies.get(), **own)
        OrderFactory.create(policy=None, **own)  # by a person in a browser
        OrderFactory.create(user=bob, policy=policy, created_at=NOON)  # not out of this wallet
        assert spent(shared, now=NOON) == (3 * PRICE, 3 * PRICE)
        assert spent(policy, now=NOON) == (2 * PRICE, 2 * PRICE)

    @pytest.mark.parametrize("more", [0, 1])
    def test_leaves_what_is_left_of_both_budgets(
        self,
        bob: User,
        organization: Organization,
        policy: SpendPolicy,
        shared: SpendPolicy,
        more: int,
    ) -> None:
        SpendPolicy.objects.update(daily_limit_cents=PRICE + 400)
        OrderFactory.create(user=bob, policy=policy, created_at=NOON)
        expected = [Reason.OVER_DAILY_LIMIT] if more else []
        assert self.reasons(bob, organization, 400 + more) == expected
        Order.objects.update(user=None, organization=organization, policy=None)
        assert self.reasons(bob, organization, 400 + more) == expected


def test_the_order_that_holds_its_price_is_not_counted_twice(policy: SpendPolicy) -> None:
    waiting = OrderFactory.create(
        policy=policy, method=OrderMethod.CARD, state=OrderState.PENDING, created_at=NOON
    )
    OrderFactory.create(policy=policy, created_at=NOON)
    limits = budgets.limits_of(policy, now=NOON, waiting=waiting)
    assert (limits.spent_today_cents, limits.spent_this_month_cents) == (PRICE, PRICE)
