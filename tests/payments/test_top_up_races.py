"""One payment that everybody hears of at the same moment is credited once."""

import json

import pytest
from django.test import Client

from accounts.models import User
from payments.models import Posting, ProviderEvent, TopUpState
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.payments.paying import balance, begun, pay, success_of
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def client(
    bob: User, sandbox: PaymentSandbox, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> Client:
    """Bob's token; processes of a race pay at the same sandbox."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    return Bearer(bob, BUYER).client


def test_one_event_twenty_times_at_once_is_one_credit(
    client: Client, bob: User, sandbox: PaymentSandbox, receiver: Receiver
) -> None:
    top_up = begun(client)
    pay(sandbox, top_up)
    body, signature = success_of(receiver)
    statuses = race(
        "tests.payments.webhook_racers:deliver", body, signature, processes=4, threads=5
    )
    assert statuses == ["200"] * 20
    event = ProviderEvent.objects.get()
    top_up.refresh_from_db()
    assert (event.event_id, event.state) == (json.loads(body)["id"], "applied")
    assert (top_up.state, balance(bob)) == (TopUpState.SUCCEEDED, 1000)
    assert Posting.objects.count() == 1
