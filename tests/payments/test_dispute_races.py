"""A dispute that everybody hears of at the same moment takes its money once."""

import pytest
from django.test import Client

from accounts.models import User
from payments import accounts, card_refunds, ledger
from payments.models import (
    AccountKind,
    CardRefund,
    CardRefundState,
    Chargeback,
    Posting,
    WalletFreeze,
)
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.disputing import (
    bought_by_card,
    clearing_cents,
    decide,
    dispute,
    faults,
    filled,
    hear,
    is_frozen,
    owed,
    spend,
)
from tests.payments.paying import balance
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

_HEAR = "tests.payments.webhook_racers:hear_of_dispute"


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Bob's token; processes of a race ask the same sandbox."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return Bearer(bob, BUYER).client


def test_twenty_at_once_take_it_once_and_give_it_back_once(
    client: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    top_up = filled(client, sandbox)
    spend(bob, 700)
    dispute_id = dispute(sandbox, top_up.intent_id)
    assert race(_HEAR, dispute_id, processes=4, threads=5) == ["open"] * 20
    assert (balance(bob), owed(bob), is_frozen(bob)) == (0, 700, True)
    decide(sandbox, dispute_id, "win")
    assert race(_HEAR, dispute_id, processes=4, threads=5) == ["won"] * 20
    assert (balance(bob), owed(bob), is_frozen(bob)) == (300, 0, False)
    assert (Chargeback.objects.count(), WalletFreeze.objects.count()) == (1, 1)
    assert Posting.objects.filter(event__endswith=Chargeback.objects.get().public_id).count() == 6
    assert faults() == []
    assert clearing_cents() == sandbox.totals["balance"]


@pytest.mark.parametrize("act", ["win", "lose"])
def test_refunds_and_a_dispute_of_one_order_take_turns(
    client: Client, bob: User, sandbox: PaymentSandbox, act: str
) -> None:
    order = bought_by_card(client, sandbox, ListingFactory.create(price_cents=500))
    staff = UserFactory.create(username="staff", is_staff=True)
    dispute_id = dispute(sandbox, order.intent_id)
    told = race(
        "tests.payments.refund_racers:refund_or_hear",
        *(staff.username, order.listing.name, dispute_id),
        processes=4,
        threads=3,
    )
    order.refresh_from_db()
    assert order.refunded_cents == 100 * told.count("100")
    assert order.refunded_cents + order.disputed_cents == 500
    assert told.count("NotRefundable") == 6 - told.count("100")
    chargeback = Chargeback.objects.get()
    assert chargeback.excess_cents == order.refunded_cents
    assert faults() == []
    send_refunds()
    decide(sandbox, dispute_id, act)
    hear(dispute_id)
    send_refunds()
    assert faults() == []
    assert clearing_cents() == sandbox.totals["balance"]
    assert ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT)) == 0


def send_refunds() -> None:
    """Let a worker ask the provider for every refund that waits."""
    for pk in CardRefund.objects.filter(state=CardRefundState.PENDING).values_list("pk", flat=True):
        card_refunds.send(pk)
