"""Disputes of card orders: money held, the package away; a win brings back both, a loss neither."""

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from catalog.models import Listing
from payments import (
    accounts,
    card_refunds,
    earnings,
    entitlements,
    ledger,
    orders,
    refunds,
)
from payments.errors import CardRefundMoved, NotRefundable
from payments.models import (
    AccountKind,
    CardRefund,
    CardRefundState,
    Chargeback,
    ChargebackState,
    Entitlement,
    Order,
    Source,
)
from payments.models.account import PAYABLE_FLOOR_CENTS
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.money import fill
from tests.payments.disputing import (
    again,
    balances,
    bought_by_card,
    dispute,
    ended,
    has_it,
    hear,
    owed,
    pay_out,
)
from tests.payments.paying import balance
from tests.signed_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_agree")]

_PRICE, _FEE, _SELLER = 500, 50, 450


@pytest.fixture
def listing(alice: User) -> Listing:
    made: Listing = ListingFactory.create(price_cents=_PRICE, vendor__user=alice)
    return made


@pytest.fixture
def order(listing: Listing, bob: User, sandbox: PaymentSandbox) -> Order:
    """Bob has paid for it with a card."""
    return paid_by_card(listing, bob, sandbox)


def paid_by_card(listing: Listing, buyer: User, sandbox: PaymentSandbox) -> Order:
    """Let somebody buy a listing with a card."""
    return bought_by_card(Bearer(buyer, BUYER).client, sandbox, listing)


def opened(sandbox: PaymentSandbox, order: Order, **form: str) -> Chargeback:
    """Dispute an order's payment, and let the site know of it; return the row."""
    dispute_id = dispute(sandbox, order.intent_id, **form)
    hear(dispute_id)
    return Chargeback.objects.get(provider_id=dispute_id)


def refunded(order: Order, *, cents: int) -> CardRefund:
    """Let staff refund a part, and a worker ask the provider for it; return what became of it."""
    staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
    refunds.refund(order, amount_cents=cents, reason="late", by=staff, now=timezone.now())
    back = CardRefund.objects.get(order=order)
    card_refunds.send(back.pk)
    back.refresh_from_db()
    return back


class TestOpened:
    def test_both_parts_are_held_and_the_package_is_away(
        self, order: Order, sandbox: PaymentSandbox
    ) -> None:
        assert balances(order) == (_SELLER, _FEE)
        chargeback = opened(sandbox, order)
        assert (chargeback.order, chargeback.state) == (order, ChargebackState.OPEN)
        assert (chargeback.party_cents, chargeback.fee_cents) == (_SELLER, _FEE)
        assert balances(order) == (0, 0)
        assert not has_it(order)
        assert again(order).earned_cents == 0

    def test_of_a_part_the_parts_are_in_proportion(
        self, order: Order, sandbox: PaymentSandbox
    ) -> None:
        chargeback = opened(sandbox, order, amount="150")
        assert (chargeback.party_cents, chargeback.fee_cents) == (135, 15)
        assert balances(order) == (315, 35)
        assert not has_it(order)

    def test_after_a_refund_it_is_what_is_left(self, order: Order, sandbox: PaymentSandbox) -> None:
        assert refunded(order, cents=150).state == CardRefundState.SUCCEEDED
        chargeback = opened(sandbox, order)
        assert (chargeback.amount_cents, chargeback.party_cents) == (350, 315)
        assert (chargeback.fee_cents, balances(order)) == (35, (0, 0))
        ended(sandbox, chargeback, "win")
        assert balances(order) == (315, 35)

    def test_what_was_paid_out_is_owed_beyond_the_cap(
        self, order: Order, sandbox: PaymentSandbox
    ) -> None:
        payable = accounts.payable_of(order.vendor)
        pay_out(order, _SELLER - PAYABLE_FLOOR_CENTS - 100)
        chargeback = opened(sandbox, order)
        assert (chargeback.party_cents, chargeback.receivable_cents) == (100, 350)
        assert ledger.balance_of(payable) == PAYABLE_FLOOR_CENTS
        assert owed(order.vendor) == 350
        ended(sandbox, chargeback, "win")
        assert (ledger.balance_of(payable), owed(order.vendor)) == (PAYABLE_FLOOR_CENTS + 100, 0)

    def test_it_is_not_refunded_meanwhile(
        self, order: Order, sandbox: PaymentSandbox, bob: User
    ) -> None:
        opened(sandbox, order)
        assert refunds.why_not(again(order), now=timezone.now()) == "disputed"
        staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
        with pytest.raises(NotRefundable):
            refunds.take_back(order, by=Bearer(bob, BUYER).actor, now=timezone.now())
        with pytest.raises(NotRefundable):
            refunds.refund(order, amount_cents=1, reason="x", by=staff, now=timezone.now())

    def test_the_database_lets_no_more_go_than_was_paid(
        self, order: Order, sandbox: PaymentSandbox
    ) -> None:
        opened(sandbox, order)
        with pytest.raises(IntegrityError, match="disputes_within_price"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(refunded_cents=1)

    def test_payouts_leave_the_others_alone(
        self, order: Order, sandbox: PaymentSandbox, charlie: User
    ) -> None:
        paid_by_card(order.listing, charlie, sandbox)
        Order.objects.exclude(pk=order.pk).update(available_at=timezone.now())
        now = timezone.now()
        assert earnings.available_cents(order.vendor, now=now) == _SELLER
        opened(sandbox, order)
        assert earnings.available_cents(order.vendor, now=now) == _SELLER


class TestWon:
    def test_everything_comes_back(self, order: Order, sandbox: PaymentSandbox) -> None:
        entitlement = Entitlement.objects.get()
        won = ended(sandbox, opened(sandbox, order), "win")
        assert won.state == ChargebackState.WON
        assert balances(order) == (_SELLER, _FEE)
        assert list(Entitlement.objects.active()) == [entitlement]
        assert again(order).disputed_cents == 0
        assert Event.objects.filter(action=Action.ENTITLEMENT_RESTORED).count() == 1

    def test_what_was_bought_anew_meanwhile_stays(
        self, order: Order, sandbox: PaymentSandbox, bob: User
    ) -> None:
        chargeback = opened(sandbox, order)
        free = entitlements.grant(
            order.listing, source=Source.FREE, by=Bearer(bob, BUYER).actor, now=timezone.now()
        )[0]
        ended(sandbox, chargeback, "win")
        assert list(Entitlement.objects.active()) == [free]
        assert balances(order) == (_SELLER, _FEE)

    def test_what_was_taken_back_before_stays_away(
        self, order: Order, sandbox: PaymentSandbox
    ) -> None:
        entitlements.revoke_bought(order, now=timezone.now())
        ended(sandbox, opened(sandbox, order), "win")
        assert not has_it(order)


class TestLost:
    def test_it_is_gone_for_good(self, order: Order, sandbox: PaymentSandbox) -> None:
        lost = ended(sandbox, opened(sandbox, order), "lose")
        assert lost.state == ChargebackState.LOST
        assert balances(order) == (0, 0)
        assert not has_it(order)
        assert refunds.why_not(again(order), now=timezone.now()) == "disputed"

    def test_it_can_be_bought_again(self, order: Order, sandbox: PaymentSandbox, bob: User) -> None:
        ended(sandbox, opened(sandbox, order), "lose")
        sandbox.control("funds", amount="5000")
        fill(bob, 5000)
        with transaction.atomic():
            bought = orders.buy_from_wallet(
                order.listing,
                Wanted(listing=order.listing.name),
                by=Bearer(bob, BUYER).actor,
                now=timezone.now(),
            )
        assert bought.is_new


class TestRefundsThatComeTooLate:
    """The bank was faster: staff has refunded 150, and the provider refuses to send it."""

    @pytest.fixture
    def back(self, order: Order, sandbox: PaymentSandbox) -> CardRefund:
        dispute_id = dispute(sandbox, order.intent_id)
        back = refunded(order, cents=150)
        assert (back.state, back.problem) == (CardRefundState.FAILED, "charge_disputed")
        hear(dispute_id)
        return back

    def test_we_bear_it_until_the_end(self, order: Order, back: CardRefund) -> None:
        chargeback = Chargeback.objects.get()
        assert (chargeback.party_cents, chargeback.excess_cents) == (315, 150)
        assert balances(order) == (0, -150)

    def test_staff_pays_nothing_twice(self, back: CardRefund) -> None:
        staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
        with pytest.raises(CardRefundMoved):
            card_refunds.credit_instead(back, by=staff, now=timezone.now())

    def test_after_a_win_it_is_tried_anew(
        self, order: Order, back: CardRefund, sandbox: PaymentSandbox
    ) -> None:
        ended(sandbox, Chargeback.objects.get(), "win")
        assert balances(order) == (315, 35)
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert back.state == CardRefundState.SUCCEEDED

    def test_after_a_loss_its_money_stays(
        self, order: Order, back: CardRefund, sandbox: PaymentSandbox
    ) -> None:
        ended(sandbox, Chargeback.objects.get(), "lose")
        back.refresh_from_db()
        assert back.state == CardRefundState.OVERTAKEN
        assert balances(order) == (0, 0)
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 0

    def test_one_that_is_refused_after_the_loss_stays_too(
        self, order: Order, sandbox: PaymentSandbox
    ) -> None:
        staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
        refunds.refund(order, amount_cents=150, reason="late", by=staff, now=timezone.now())
        ended(sandbox, opened(sandbox, order), "lose")
        back = CardRefund.objects.get()
        assert back.state == CardRefundState.PENDING
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, balances(order)) == (CardRefundState.OVERTAKEN, (0, 0))

    def test_what_the_bank_did_not_give_waits_for_staff(
        self, order: Order, sandbox: PaymentSandbox, bob: User
    ) -> None:
        dispute_id = dispute(sandbox, order.intent_id, amount="300")
        back = refunded(order, cents=150)
        hear(dispute_id)
        chargeback = Chargeback.objects.get()
        assert chargeback.excess_cents == 0
        ended(sandbox, chargeback, "lose")
        back.refresh_from_db()
        assert back.state == CardRefundState.FAILED
        staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
        card_refunds.credit_instead(back, by=staff, now=timezone.now())
        assert balance(bob) == 150


class TestNews:
    @pytest.mark.parametrize(("act", "parts"), [("win", (_SELLER, _FEE)), ("lose", (0, 0))])
    def test_the_end_heard_of_first(
        self, order: Order, sandbox: PaymentSandbox, act: str, parts: tuple[int, int]
    ) -> None:
        dispute_id = dispute(sandbox, order.intent_id)
        sandbox.control(f"disputes/{dispute_id}/{act}")
        hear(dispute_id)
        assert has_it(order) is (act == "win")
        assert balances(order) == parts

    def test_twenty_times_is_once(self, order: Order, sandbox: PaymentSandbox) -> None:
        chargeback = opened(sandbox, order)
        for _ in range(20):
            hear(chargeback.provider_id)
        assert (Chargeback.objects.count(), balances(order)) == (1, (0, 0))

    def test_a_question_takes_nothing(self, order: Order, sandbox: PaymentSandbox) -> None:
        hear(dispute(sandbox, order.intent_id, inquiry="true"))
        assert has_it(order)
        assert balances(order) == (_SELLER, _FEE)


class TestTold:
    @pytest.mark.parametrize(
        ("act", "to_buyer", "to_seller"),
        [
            ("win", "is yours again", "is yours again"),
            ("lose", "no longer in your library", "is gone for good"),
        ],
    )
    def test_buyer_and_seller_are_told(
        self,
        order: Order,
        sandbox: PaymentSandbox,
        alice: User,
        bob: User,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
        act: str,
        to_buyer: str,
        to_seller: str,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            chargeback = opened(sandbox, order)
        bought, sold = mailbox
        assert (bought.to, sold.to) == ([bob.email], [alice.email])
        assert "the package is not in your library" in bought.body
        assert "$4.50, is on hold" in sold.body
        assert bob.username not in sold.body
        with django_capture_on_commit_callbacks(execute=True):
            ended(sandbox, chargeback, act)
        assert to_buyer in mailbox[2].body
        assert to_seller in mailbox[3].body

    def test_the_buyer_sees_it(self, order: Order, sandbox: PaymentSandbox, bob: User) -> None:
        bearer, page = Bearer(bob, BUYER), Client()
        sign_in(page, bob)
        path = f"/v1/orders/{order.public_id}"
        assert bearer.client.get(path).json()["disputeState"] is None
        chargeback = opened(sandbox, order)
        told = bearer.client.get(path).json()
        assert (told["disputeState"], told["disputedCents"]) == ("open", _PRICE)
        shown = page.get(f"/orders/{order.public_id}").content.decode()
        assert "is not in your library until the bank decides" in shown
        assert "Disputed" in page.get("/orders").content.decode()
        ended(sandbox, chargeback, "lose")
        assert bearer.client.get(path).json()["disputeState"] == "lost"
        assert (
            "gave the money back to the card"
            in page.get(f"/orders/{order.public_id}").content.decode()
        )

    def test_the_seller_sees_it(self, order: Order, sandbox: PaymentSandbox, alice: User) -> None:
        bearer, page = Bearer(alice, "sell"), Client()
        sign_in(page, alice)
        chargeback = opened(sandbox, order)
        [sale] = bearer.client.get("/v1/vendor/earnings").json()["items"]
        assert (sale["holdReason"], sale["disputeState"]) == ("disputed", "open")
        assert sale["earnedCents"] == 0
        assert "until the buyer" in page.get("/sell/earnings").content.decode()
        ended(sandbox, chargeback, "lose")
        [sale] = bearer.client.get("/v1/vendor/earnings").json()["items"]
        assert (sale["holdReason"], sale["disputeState"]) == ("recent_sale", "lost")
        assert "Dispute lost" in page.get("/sell/earnings").content.decode()

    def test_seller_and_buyer_cannot_go(
        self, order: Order, sandbox: PaymentSandbox, alice: User, bob: User, charlie: User
    ) -> None:
        opened(sandbox, order)
        open_ones = Chargeback.objects.open()
        assert open_ones.concerning(alice).exists()
        assert open_ones.concerning(bob).exists()
        assert not open_ones.concerning(charlie).exists()
