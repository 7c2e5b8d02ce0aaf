"""What an order by card comes to: paid, called off, or its payment given back."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState
from payments import (
    accounts,
    card_purchase_outcomes,
    card_purchases,
    card_refunds,
    ledger,
    payers,
    pending,
    reconciliation,
    stripe_port,
)
from payments.errors import PaymentMismatch
from payments.models import (
    AccountKind,
    CardRefund,
    CardRefundState,
    Entitlement,
    Order,
    OrderState,
)
from payments.pending import SUBJECT
from payments.stripe_port import Charge
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.payments.card_paying import ask, begun, pay, second_payment, settle, shown
from tests.payments.paying import balance, hand_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider that is there."""
    return Bearer(bob, BUYER).client


class TestPaying:
    def test_a_paid_order_is_had_and_posted(
        self, client: Client, bob: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        order = settle(order)
        assert (order.state, order.is_paid, order.check_at) == (OrderState.PAID, True, None)
        given = Entitlement.objects.get()
        assert (given.user, given.listing, given.order) == (bob, listing, order)
        assert balance(bob) == 0
        assert ledger.balance_of(accounts.payable_of(order.vendor)) == 449
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == -499

    def test_what_ends_while_its_payment_is_settled_goes_back_to_the_card(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)

        def end_before(execute: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith('UPDATE "payments_order"') and '"paid_at"' in sql:
                ended = {"state": OrderState.CANCELED, "check_at": None}
                Order.objects.filter(pk=order.pk, state=OrderState.PENDING).update(**ended)
            return execute(sql, *rest)

        with connection.execute_wrapper(end_before):
            order = settle(order)
        assert order.state == OrderState.CANCELED
        assert not Entitlement.objects.exists()
        assert CardRefund.objects.get().amount_cents == 499
        assert ledger.balance_of(accounts.payable_of(order.vendor)) == 0

    def test_twenty_deliveries_pay_once(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox, receiver: Receiver
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        hand_in(receiver, events=1)
        for _ in range(20):
            settle(order)
        assert Entitlement.objects.count() == 1
        assert Event.objects.filter(action=Action.ORDER_PAID).count() == 1

    def test_a_declined_card_leaves_it_to_another(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order, "decline")
        order = settle(order)
        assert order.is_pending
        assert order.failure_code
        pay(sandbox, order)
        order = settle(order)
        assert (order.is_paid, order.failure_code) == (True, "")

    def test_another_payers_money_is_no_payment(
        self, client: Client, bob: User, charlie: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        stranger = payers.customer_of(payers.payer_of(charlie))
        charge = Charge(
            amount_cents=499,
            currency="USD",
            customer_id=stranger,
            metadata={SUBJECT: order.public_id},
        )
        foreign = stripe_port.create_intent(charge, key="x")
        with pytest.raises(PaymentMismatch):
            card_purchase_outcomes.bear(order.public_id, foreign, now=timezone.now())
        order.refresh_from_db()
        assert order.is_pending


class TestPaymentsInVain:
    def given_back(self) -> CardRefund:
        back = CardRefund.objects.get()
        card_refunds.send(back.pk)
        back.refresh_from_db()
        return back

    def test_a_second_payment_goes_back(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        settle(order)
        second = second_payment(order)
        sandbox.control(f"intents/{second.id}/pay")
        second = stripe_port.retrieve_intent(second.id)
        for _ in range(3):
            card_purchase_outcomes.bear(order.public_id, second, now=timezone.now())
        back = self.given_back()
        assert (back.state, back.amount_cents) == (CardRefundState.SUCCEEDED, 499)
        order.refresh_from_db()
        assert (order.is_paid, order.refunded_cents) == (True, 0)
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == -499
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 0

    @pytest.mark.parametrize("why", ["already_owned", "not_offered", "order_ended"])
    def test_what_can_buy_nothing_any_more_goes_back(
        self, client: Client, bob: User, listing: Listing, sandbox: PaymentSandbox, why: str
    ) -> None:
        order = begun(client, listing)
        if why == "already_owned":
            Entitlement.objects.create(listing=listing, user=bob, source="free")
        elif why == "not_offered":
            Listing.objects.filter(pk=listing.pk).update(state=ListingState.RETIRED)
        else:
            card_purchase_outcomes.end(order, OrderState.CANCELED, now=timezone.now())
        pay(sandbox, order)
        order = settle(settle(order))
        assert order.state == OrderState.CANCELED
        assert self.given_back().state == CardRefundState.SUCCEEDED
        recorded = Event.objects.get(action=Action.PAYMENT_GIVEN_BACK)
        assert json.loads(recorded.data)["why"] == why
        assert sandbox.totals["refunds"] == 499

    def test_the_days_comparison_knows_it(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        card_purchase_outcomes.end(order, OrderState.CANCELED, now=timezone.now())
        pay(sandbox, order)
        now = timezone.now()
        found = reconciliation.compare_and_mend(
            since=now - timedelta(days=1), until=now + timedelta(minutes=1), now=now
        )
        assert (dict(found.differing), found.ledger_cents) == ({}, 499)

    def test_one_that_the_card_turns_away_is_in_the_wallet(
        self, client: Client, bob: User, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        intent = second_payment(order)
        pay(sandbox, order)
        settle(order)
        sandbox.control(f"intents/{intent.id}/pay")
        paid = stripe_port.retrieve_intent(intent.id)
        card_purchase_outcomes.bear(order.public_id, paid, now=timezone.now())
        card_refunds.send(self.given_back().pk)
        refund_id = self.given_back().provider_refund_id or ""
        sandbox.control(f"refunds/{refund_id}/fail")
        card_refunds.settle(refund_id, now=timezone.now())
        assert balance(bob) == 499
        later = timezone.now() + timedelta(hours=1)
        found = reconciliation.compare(since=later - timedelta(days=1), until=later)
        assert (found.ledger_cents, found.differing) == (998, {})


class TestEnding:
    def test_its_buyer_calls_it_off(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        answer = client.post(
            f"/v1/orders/{order.public_id}/cancellation", content_type="application/json"
        )
        assert (answer.status_code, answer.json()["state"]) == (200, "canceled")
        assert shown(order).status == "canceled"
        ended = Event.objects.get(action=Action.ORDER_ENDED)
        assert ended.actor_id == order.placed_by.public_id
        again = client.post(
            f"/v1/orders/{order.public_id}/cancellation", content_type="application/json"
        )
        assert (again.status_code, again.json()["code"]) == (409, "order_not_pending")

    def test_what_was_paid_meanwhile_is_not_called_off(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        answer = client.post(
            f"/v1/orders/{order.public_id}/cancellation", content_type="application/json"
        )
        assert (answer.status_code, answer.json()["details"]) == (409, {"state": "paid"})
        assert Entitlement.objects.filter(order=order).exists()

    def test_a_strangers_order_is_not_there(
        self, client: Client, charlie: User, listing: Listing
    ) -> None:
        path = f"/v1/orders/{begun(client, listing).public_id}"
        stranger = Bearer(charlie, BUYER).client
        assert stranger.get(path).status_code == 404
        assert (
            stranger.post(f"{path}/cancellation", content_type="application/json").status_code
            == 404
        )

    @pytest.mark.parametrize("is_bought", [False, True])
    def test_nobody_pays_what_is_late_or_had(
        self,
        client: Client,
        bob: User,
        listing: Listing,
        sandbox: PaymentSandbox,
        is_bought: bool,  # noqa: FBT001 (a parameter of the test)
    ) -> None:
        order = begun(client, listing)
        wait = pending.CHECK_AFTER if is_bought else card_purchases.EXPIRES
        if is_bought:
            Entitlement.objects.create(listing=listing, user=bob, source="free")
        reconciliation.reconcile("ord", order.pk, now=order.created_at + wait)
        order.refresh_from_db()
        assert (order.state, shown(order).status) == (OrderState.CANCELED, "canceled")

    def test_an_error_that_the_provider_keeps_delays_the_end_only(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        path = f"/v1/payment_intents/{order.intent_id}/cancel"
        sandbox.control("faults", path=path, fault="server_error_saved", times="1")
        late = order.created_at + card_purchases.EXPIRES
        reconciliation.reconcile("ord", order.pk, now=late)
        order.refresh_from_db()
        assert order.is_pending
        reconciliation.reconcile("ord", order.pk, now=late + timedelta(hours=1))
        order.refresh_from_db()
        assert order.state == OrderState.CANCELED

    def test_a_payment_that_nobody_told_of_is_found(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        order = begun(client, listing)
        pay(sandbox, order)
        Order.objects.filter(pk=order.pk).update(intent_id=None)
        reconciliation.reconcile("ord", order.pk, now=order.created_at + timedelta(minutes=3))
        assert Entitlement.objects.filter(order=order).exists()

    def test_an_order_that_the_provider_never_got_is_given_up(
        self, client: Client, listing: Listing, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control("faults", path="/v1/payment_intents", fault="timeout_before", times="3")
        assert ask(client, listing).status_code == 503
        order = Order.objects.get()
        reconciliation.reconcile("ord", order.pk, now=order.created_at + timedelta(minutes=11))
        order.refresh_from_db()
        assert order.state == OrderState.CANCELED
