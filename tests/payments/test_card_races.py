"""One purchase by card that everybody works on at the same moment happens once."""

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing
from payments import card_purchase_outcomes, ledger_check, stripe_port
from payments.models import CardRefund, CardRefundState, Entitlement, Order, OrderState
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
_RACERS = "tests.payments.card_racers"


@pytest.fixture
def bearer(bob: User, sandbox: PaymentSandbox, monkeypatch: pytest.MonkeyPatch) -> Bearer:
    """Bob's token; processes of a race pay at the same sandbox."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return Bearer(bob, BUYER)


def begun(bearer: Bearer, listing: Listing) -> Order:
    """Begin the purchase once everybody who raced for it has ended."""
    wanted = {"listing": listing.name, "useWallet": False}
    answer = bearer.client.post(
        "/v1/purchases",
        wanted,
        content_type="application/json",
        headers={"Idempotency-Key": "once"},
    )
    assert answer.status_code == 202, answer.json()
    return Order.objects.get()


def test_many_keys_at_once_begin_one_order(bearer: Bearer, listing: Listing) -> None:
    told = race(
        f"{_RACERS}:ask", f"Bearer {bearer.plaintext}", listing.name, processes=4, threads=3
    )
    order = Order.objects.get()
    assert set(told) == {order.public_id}
    assert [intent.id for intent in stripe_port.list_intents()] == [order.intent_id]


def test_whoever_sees_the_payment_first_gives_the_listing(
    bearer: Bearer, listing: Listing, sandbox: PaymentSandbox
) -> None:
    order = begun(bearer, listing)
    sandbox.control(f"intents/{order.intent_id}/pay")
    race(f"{_RACERS}:look", order.public_id, processes=4, threads=3)
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert Entitlement.objects.get().order == order
    assert list(ledger_check.faults()) == []


def test_a_payment_in_vain_goes_back_once(
    bearer: Bearer, listing: Listing, sandbox: PaymentSandbox
) -> None:
    order = begun(bearer, listing)
    with transaction.atomic():
        card_purchase_outcomes.end(order, OrderState.CANCELED, now=timezone.now())
    sandbox.control(f"intents/{order.intent_id}/pay")
    race(f"{_RACERS}:look", order.public_id, processes=4, threads=3)
    race(f"{_RACERS}:send_back", processes=4, threads=3)
    assert CardRefund.objects.get().state == CardRefundState.SUCCEEDED
    assert len(stripe_port.list_refunds(order.intent_id or "")) == 1
    assert sandbox.totals["refunds"] == 499
    assert list(ledger_check.faults()) == []
