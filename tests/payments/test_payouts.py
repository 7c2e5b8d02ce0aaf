"""Payouts: planned once a week, paid once, whatever the provider answers or does not answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from catalog.models import Vendor
from payments import accounts, earnings, ledger, paying_out, payouts, stripe_port
from payments.errors import PayoutMoved
from payments.ledger import Entry
from payments.models import AccountKind, Payout, PayoutState, SellerAccount
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VendorFactory
from tests.factories.payments import OrderFactory, SellerAccountFactory
from tests.fakes import payment_sandbox
from tests.fakes.payment_sandbox import PaymentSandbox

pytestmark = pytest.mark.django_db

_EVENTS = count()
_MONDAY = datetime.fromisoformat("2026-11-23T00:00:00+00:00")


@pytest.fixture
def vendor(alice: User) -> Vendor:
    made: Vendor = VendorFactory.create(slug="acme", user=alice)
    return made


@pytest.fixture
def seller(vendor: Vendor, sandbox: PaymentSandbox) -> SellerAccount:
    """A vendor whom the provider lets us pay, and a provider with money of ours."""
    opened = stripe_port.create_account(email="", country="US", metadata={}, key="opened")
    sandbox.control(f"accounts/{opened.id}/complete")
    sandbox.control("funds", amount="100000")
    made: SellerAccount = SellerAccountFactory.create(vendor=vendor, account_id=opened.id)
    return made


def earn(vendor: Vendor, cents: int) -> None:
    """Let a vendor be owed more."""
    payable, provider = accounts.payable_of(vendor), accounts.ours(AccountKind.PROVIDER)
    with transaction.atomic():
        ledger.post(
            f"test:{next(_EVENTS)}", [Entry("sale", provider, payable, cents)], now=timezone.now()
        )


@pytest.fixture
def planned(seller: SellerAccount, now: datetime) -> Payout:
    earn(seller.vendor, 5_000)
    payout = payouts.plan(seller, now=now)
    assert payout is not None
    return payout


def balances(vendor: Vendor) -> tuple[int, int]:
    """Return what is owed to a vendor and what is in transit to all."""
    in_transit = accounts.ours(AccountKind.IN_TRANSIT)
    return ledger.balance_of(accounts.payable_of(vendor)), ledger.balance_of(in_transit)


def pay(payout: Payout) -> Payout:
    """Let a worker have a turn at it now, however long it is to wait."""
    Payout.objects.filter(pk=payout.pk).update(due_at=timezone.now())
    paying_out.pay_out(payout.pk)
    payout.refresh_from_db()
    return payout


def totals(sandbox: PaymentSandbox) -> int:
    """Return what the provider has sent to sellers, in cents."""
    return sandbox.totals["transfers"]


def _transfer(payout: Payout, *, cents: int, group: str, key: str) -> None:
    """Send money to a payout's account past it."""
    account_id = payout.account.account_id
    assert account_id
    stripe_port.create_transfer(
        account_id=account_id,
        amount_cents=cents,
        currency="USD",
        transfer_group=group,
        metadata={"payout": payout.public_id},
        key=key,
    )


class TestPlanning:
    def test_what_is_available_is_set_aside(self, planned: Payout, vendor: Vendor) -> None:
        assert (planned.state, planned.amount_cents) == (PayoutState.PENDING, 5_000)
        assert balances(vendor) == (0, 5_000)
        event = Event.objects.get(action=Action.PAYOUT_PLANNED)
        assert (event.subject, event.chain) == (planned.subject, "financial")

    def test_a_week_has_one(self, planned: Payout, seller: SellerAccount, now: datetime) -> None:
        earn(seller.vendor, 9_000)
        assert payouts.plan(seller, now=now) is None
        later = payouts.plan(seller, now=now + timedelta(days=7))
        assert later is not None
        assert later.amount_cents == 9_000

    @pytest.mark.parametrize(
        ("moment", "period"),
        [
            (_MONDAY, "2026-W48"),
            (_MONDAY - timedelta(seconds=1), "2026-W47"),
            (datetime.fromisoformat("2027-01-01T12:00:00+00:00"), "2026-W53"),
        ],
    )
    def test_weeks_begin_on_monday(self, moment: datetime, period: str) -> None:
        assert payouts.period_of(moment) == period

    def test_too_little_waits(
        self, seller: SellerAccount, now: datetime, settings: Settings
    ) -> None:
        earn(seller.vendor, settings.PAYOUT_MINIMUM_CENTS - 1)
        assert payouts.plan(seller, now=now) is None

    def test_what_was_sold_within_seven_days_is_held(
        self, seller: SellerAccount, now: datetime
    ) -> None:
        vendor = seller.vendor
        earn(vendor, 5_000)
        until = now + timedelta(days=2)
        sold_at = until - timedelta(days=7)
        OrderFactory.create(listing__vendor=vendor, price_cents=2_000, created_at=sold_at)
        held = earnings.of(vendor, now=now)
        assert (held.owed_cents, held.held_cents, held.next_at) == (5_000, 1_800, until)
        payout = payouts.plan(seller, now=now)
        assert payout is not None
        assert payout.amount_cents == 3_200
        assert earnings.of(vendor, now=until).held_cents == 0

    def test_a_vendor_in_debt_gets_nothing(self, seller: SellerAccount, now: datetime) -> None:
        payable, fees = accounts.payable_of(seller.vendor), accounts.ours(AccountKind.FEES)
        with transaction.atomic():
            ledger.post("refund:1", [Entry("seller", payable, fees, 3_000)], now=now)
        assert payouts.plan(seller, now=now) is None

    def test_only_who_can_be_paid_is_planned_for(self, seller: SellerAccount) -> None:
        other = VendorFactory.create()
        for vendor in (seller.vendor, other):
            earn(vendor, 5_000)
        assert paying_out.plan_all() == 1
        assert Payout.objects.get().vendor == seller.vendor
        assert paying_out.plan_all() == 0


class TestPaying:
    def test_the_money_goes_once(
        self, planned: Payout, vendor: Vendor, sandbox: PaymentSandbox
    ) -> None:
        assert pay(planned).state == PayoutState.PAID
        assert planned.transfer_id
        pay(planned)
        assert (balances(vendor), totals(sandbox)) == ((0, 0), 5_000)
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == 0

    def test_the_seller_is_told(
        self,
        planned: Payout,
        vendor: Vendor,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            pay(planned)
        [letter] = mailbox
        assert letter.to == [planned.account.opened_by.email]
        assert "$50.00 for acme" in letter.body

    def test_it_is_not_paid_before_it_is_due(self, planned: Payout) -> None:
        Payout.objects.filter(pk=planned.pk).update(due_at=timezone.now() + timedelta(hours=1))
        paying_out.pay_out(planned.pk)
        planned.refresh_from_db()
        assert (planned.state, planned.tries) == (PayoutState.PENDING, 0)

    def test_another_worker_is_left_alone(self, planned: Payout, sandbox: PaymentSandbox) -> None:
        assert planned.claim("other", lease=timedelta(minutes=1), now=timezone.now())
        assert pay(planned).state == PayoutState.PROCESSING
        assert totals(sandbox) == 0

    def test_a_dead_workers_lease_runs_out_and_its_key_is_repeated(
        self, planned: Payout, sandbox: PaymentSandbox
    ) -> None:
        hour_ago = timezone.now() - timedelta(hours=1)
        Payout.objects.filter(pk=planned.pk).update(due_at=hour_ago)
        assert planned.claim("dead", lease=timedelta(minutes=1), now=hour_ago)
        _transfer(planned, cents=5_000, group=planned.public_id, key=planned.key)
        assert pay(planned).state == PayoutState.PAID
        assert totals(sandbox) == 5_000


class TestWhatTheProviderDoes:
    @pytest.mark.parametrize(
        ("fault", "times"),
        [
            ("rate_limited", 1),
            ("server_error", 3),
            ("timeout_before", 3),
            ("timeout_after_commit", 3),
        ],
    )
    def test_what_passes_delays_and_pays_once(
        self, planned: Payout, vendor: Vendor, sandbox: PaymentSandbox, fault: str, times: int
    ) -> None:
        sandbox.control("faults", path="/v1/transfers", fault=fault, times=str(times))
        assert pay(planned).state == PayoutState.RETRYING
        assert planned.problem
        assert planned.due_at > timezone.now() + timedelta(minutes=3)
        assert balances(vendor) == (0, 5_000)
        assert pay(planned).state == PayoutState.PAID
        assert (totals(sandbox), planned.attempt, planned.problem) == (5_000, 1, "")

    def test_a_key_that_only_ever_fails_is_given_up_after_a_look(
        self, planned: Payout, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control("faults", path="/v1/transfers", fault="server_error_saved", times="1")
        assert [pay(planned).state for _ in range(2)] == [PayoutState.RETRYING] * 2
        assert planned.attempt == 1
        assert pay(planned).state == PayoutState.PAID
        assert (planned.attempt, totals(sandbox)) == (2, 5_000)

    def test_a_look_finds_what_has_arrived(self, planned: Payout, sandbox: PaymentSandbox) -> None:
        sandbox.control("faults", path="/v1/transfers", fault="timeout_after_commit", times="6")
        assert [pay(planned).state for _ in range(2)] == [PayoutState.RETRYING] * 2
        assert pay(planned).state == PayoutState.PAID
        assert (planned.attempt, totals(sandbox)) == (1, 5_000)

    def test_a_refusal_to_say_what_has_arrived_is_no_end(
        self, planned: Payout, sandbox: PaymentSandbox, settings: Settings
    ) -> None:
        sandbox.control("faults", path="/v1/transfers", fault="timeout_after_commit", times="3")
        assert pay(planned).state == PayoutState.RETRYING
        settings.STRIPE_SECRET_KEY = "sk_test_withdrawn"
        assert pay(planned).state == PayoutState.RETRYING
        settings.STRIPE_SECRET_KEY = payment_sandbox.KEY
        assert pay(planned).state == PayoutState.PAID
        assert totals(sandbox) == 5_000

    def test_killed_workers_leave_their_key_which_may_still_be_heard(
        self, planned: Payout, sandbox: PaymentSandbox
    ) -> None:
        for hours in (9, 8, 7):
            earlier = timezone.now() - timedelta(hours=hours)
            Payout.objects.filter(pk=planned.pk).update(due_at=earlier)
            assert planned.claim("dead", lease=timedelta(minutes=1), now=earlier)
        assert pay(planned).state == PayoutState.PAID
        _transfer(planned, cents=5_000, group=planned.public_id, key=f"{planned.public_id}:1")
        assert (planned.attempt, totals(sandbox)) == (1, 5_000)

    def test_our_own_empty_pockets_delay(self, planned: Payout, sandbox: PaymentSandbox) -> None:
        _transfer(planned, cents=96_000, group="", key="elsewhere")
        assert pay(planned).state == PayoutState.RETRYING
        assert planned.problem == "balance_insufficient"
        sandbox.control("funds", amount="100000")
        assert pay(planned).state == PayoutState.PAID

    def test_an_account_that_cannot_receive_stops_it(
        self, planned: Payout, vendor: Vendor, sandbox: PaymentSandbox
    ) -> None:
        account_id = planned.account.account_id
        sandbox.control(f"accounts/{account_id}/restrict", reason="rejected.fraud")
        assert pay(planned).state == PayoutState.FAILED
        assert planned.problem == "insufficient_capabilities_for_transfer"
        assert balances(vendor) == (0, 5_000)
        assert pay(planned).state == PayoutState.FAILED

    def test_after_a_day_it_stops_once_the_provider_says_that_nothing_was_sent(
        self, planned: Payout, sandbox: PaymentSandbox
    ) -> None:
        Payout.objects.filter(pk=planned.pk).update(tries=5)
        sandbox.control("faults", path="/v1/transfers", fault="rate_limited", times="1")
        assert pay(planned).state == PayoutState.FAILED
        assert totals(sandbox) == 0

    def test_while_the_provider_says_nothing_nobody_gives_up(
        self, planned: Payout, sandbox: PaymentSandbox
    ) -> None:
        Payout.objects.filter(pk=planned.pk).update(tries=5)
        sandbox.control("faults", path="/v1/transfers", fault="rate_limited", times="2")
        assert pay(planned).state == PayoutState.RETRYING
        assert pay(planned).state == PayoutState.PAID
        assert totals(sandbox) == 5_000

    def test_a_transfer_of_another_amount_is_nobodys_guess(
        self, planned: Payout, sandbox: PaymentSandbox
    ) -> None:
        _transfer(planned, cents=4_999, group=planned.public_id, key="by-hand")
        Payout.objects.filter(pk=planned.pk).update(tries=1)
        assert pay(planned).state == PayoutState.FAILED
        assert planned.problem == "another_amount_was_sent"

    def test_what_was_sent_is_not_given_back_to_what_the_vendor_is_owed(
        self,
        planned: Payout,
        vendor: Vendor,
        staff: Actor,
        now: datetime,
        sandbox: PaymentSandbox,
    ) -> None:
        _transfer(planned, cents=4_999, group=planned.public_id, key="by-hand")
        Payout.objects.filter(pk=planned.pk).update(tries=1)
        pay(planned)
        with pytest.raises(PayoutMoved):
            payouts.cancel(planned, by=staff, now=now)
        assert balances(vendor) == (0, 5_000)


@pytest.fixture
def staff() -> Actor:
    return Actor.staff(UserFactory.create(username="staff", is_staff=True), origin=Origin())


@pytest.fixture
def failed(planned: Payout, sandbox: PaymentSandbox) -> Payout:
    account_id = planned.account.account_id
    sandbox.control(f"accounts/{account_id}/restrict", reason="rejected.fraud")
    assert pay(planned).state == PayoutState.FAILED
    sandbox.control(f"accounts/{account_id}/complete")
    return planned


class TestWhatStaffDoes:
    def test_a_retry_looks_first_and_takes_a_fresh_key(
        self, failed: Payout, staff: Actor, sandbox: PaymentSandbox, now: datetime
    ) -> None:
        payouts.retry(failed, by=staff, now=now)
        assert pay(failed).state == PayoutState.PAID
        assert (failed.attempt, totals(sandbox)) == (2, 5_000)

    def test_a_cancellation_gives_the_money_back(
        self, failed: Payout, staff: Actor, vendor: Vendor, now: datetime
    ) -> None:
        payouts.cancel(failed, by=staff, now=now)
        failed.refresh_from_db()
        assert failed.state == PayoutState.CANCELED
        assert balances(vendor) == (5_000, 0)
        assert Event.objects.filter(action=Action.PAYOUT_CANCELED).count() == 1

    @pytest.mark.parametrize("act", [payouts.retry, payouts.cancel])
    def test_only_what_has_failed_is_dealt_with(
        self, planned: Payout, staff: Actor, now: datetime, act: Callable[..., None]
    ) -> None:
        with pytest.raises(PayoutMoved):
            act(planned, by=staff, now=now)

    def test_nobody_cancels_twice(
        self, failed: Payout, staff: Actor, vendor: Vendor, now: datetime
    ) -> None:
        payouts.cancel(failed, by=staff, now=now)
        with pytest.raises(PayoutMoved):
            payouts.cancel(failed, by=staff, now=now)
        assert balances(vendor) == (5_000, 0)
