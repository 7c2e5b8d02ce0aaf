"""A dispute that everybody hears of at the same moment takes its money once."""

import pytest
from django.test import Client

from accounts.models import User
from payments.models import Chargeback, Posting, WalletFreeze
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.disputing import (
    clearing_cents,
    decide,
    dispute,
    faults,
    filled,
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
