"""Money back to the card that paid, once, whatever the provider answers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing
from payments import (
    accounts,
    card_refunds,
    ledger,
    stripe_port,
)
from payments.models import (
    AccountKind,
    CardRefund,
    CardRefundState,
    Entitlement,
    Order,
)
from payments.pending import SUBJECT
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.card_paying import begun, pay, settle
from tests.payments.paying import balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider that is there."""
    return Bearer(bob, BUYER).client


class TestRefunds:
    @pytest.fixture
    def order(self, client: Client, listing: Listing, sandbox: PaymentSandbox) -> Order:
        order = begun(client, listing)
        pay(sandbox, order)
        return settle(order)

    def take_back(self, client: Client, order: Order) -> CardRefund:
        answer = client.post(
            f"/v1/orders/{order.public_id}/refund",
            content_type="application/json",
            headers={"Idempotency-Key": "back"},
        )
        assert answer.status_code == 201, answer.json()
        return CardRefund.objects.get()

    def test_it_goes_back_to_the_card(
        self, client: Client, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 499
        card_refunds.send(back.pk)
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, balance(bob)) == (CardRefundState.SUCCEEDED, 0)
        assert sandbox.totals["refunds"] == 499
        for kind in (AccountKind.IN_TRANSIT, AccountKind.PROVIDER, AccountKind.FEES):
            assert ledger.balance_of(accounts.ours(kind)) == 0
        assert not Entitlement.objects.active().exists()

    def test_a_time_out_after_commit_sends_it_once(
        self, client: Client, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        sandbox.control("faults", path="/v1/refunds", fault="timeout_after_commit", times="3")
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, back.checks) == (CardRefundState.PENDING, 1)
        CardRefund.objects.update(check_at=timezone.now())
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert back.state == CardRefundState.SUCCEEDED
        assert len(stripe_port.list_refunds(order.intent_id or "")) == 1

    def test_a_key_that_only_ever_fails_is_given_up_after_a_look(
        self, client: Client, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        sandbox.control("faults", path="/v1/refunds", fault="server_error_saved", times="1")
        for _ in range(3):
            CardRefund.objects.update(check_at=timezone.now())
            card_refunds.send(back.pk)
        back.refresh_from_db()
        assert (back.state, back.attempt) == (CardRefundState.SUCCEEDED, 2)
        assert sandbox.totals["refunds"] == 499

    def test_a_card_that_takes_nothing_fills_the_wallet(
        self, client: Client, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        refund = stripe_port.create_refund(
            back.intent_id,
            amount_cents=499,
            metadata={SUBJECT: back.public_id, "sandbox_refund": "failed"},
            key="by hand",
        )
        assert card_refunds.settle(refund.id, now=timezone.now())
        back.refresh_from_db()
        assert (back.state, balance(bob)) == (CardRefundState.CREDITED, 499)
        assert not CardRefund.objects.overdue(now=timezone.now() + timedelta(days=9)).exists()

    def test_a_card_that_turns_it_away_later_fills_the_wallet(
        self, client: Client, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        card_refunds.send(back.pk)
        back.refresh_from_db()
        assert back.state == CardRefundState.SUCCEEDED
        sandbox.control(f"refunds/{back.provider_refund_id}/fail")
        for _ in range(2):
            card_refunds.settle(back.provider_refund_id or "", now=timezone.now())
        back.refresh_from_db()
        assert (back.state, balance(bob)) == (CardRefundState.CREDITED, 499)
        assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 0
        assert ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == -499

    def test_what_the_provider_refuses_waits_for_staff(
        self, client: Client, alice: User, bob: User, order: Order, sandbox: PaymentSandbox
    ) -> None:
        back = self.take_back(client, order)
        stripe_port.create_refund(back.intent_id, amount_cents=1, metadata={}, key="by hand")
        card_refunds.send(back.pk)
        back = CardRefund.objects.with_order().get()
        assert (back.state, bool(back.problem)) == (CardRefundState.FAILED, True)
        card_refunds.credit_instead(back, by=Bearer(alice, BUYER).actor, now=timezone.now())
        assert balance(bob) == 499

    def test_the_sweep_finds_what_nobody_sent(self, client: Client, order: Order) -> None:
        self.take_back(client, order)
        assert card_refunds.sweep() == 1
