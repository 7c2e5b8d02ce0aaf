"""Filling wallets in tests: asked for through the API, paid at the sandbox, told by its events."""

import itertools
from typing import Any

from django.test import Client

from accounts.models import Organization, User
from payments import accounts, ledger, webhook_inbox
from payments.models import ProviderEvent, TopUp
from tests import processes
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.payments.provider_events import PATH

TOP_UP = "/v1/wallet/top-up"
_KEYS = itertools.count()


def ask(client: Client, cents: object = 1000, *, key: str = "", **more: object) -> Any:
    """Ask for a top-up through the API; return the answer."""
    return client.post(
        TOP_UP,
        {"amountCents": cents, **more},
        content_type="application/json",
        headers={"Idempotency-Key": key or f"key-{next(_KEYS)}"},
    )


def begun(client: Client, cents: int = 1000) -> TopUp:
    """Ask for a top-up; return its row."""
    answer = ask(client, cents)
    assert answer.status_code == 201, answer.json()
    return TopUp.objects.get(public_id=answer.json()["topUpId"])


def pay(sandbox: PaymentSandbox, top_up: TopUp, act: str = "pay", **form: str) -> None:
    """Do as a person does on the confirm page."""
    sandbox.control(f"intents/{top_up.intent_id}/{act}", **form)


def hand_in(receiver: Receiver, *, events: int, order: slice = slice(None)) -> None:
    """Let the provider's events reach the site, in that order, and a worker apply them.

    events: so many are waited for.
    """
    assert processes.becomes_true(lambda: len(receiver.taken) >= events, seconds=10)
    with receiver.lock:
        taken = receiver.taken[order]
    for body, signature in taken:
        answer = Client().post(
            PATH,
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature},
        )
        assert answer.status_code == 200
    apply_all()


def success_of(receiver: Receiver) -> tuple[str, str]:
    """Wait for the event that tells of a payment; return its body and signature."""

    def told() -> list[tuple[bytes, str]]:
        with receiver.lock:
            taken = list(receiver.taken)
        return [each for each in taken if b'"payment_intent.succeeded"' in each[0]]

    assert processes.becomes_true(told, seconds=20)
    body, signature = told()[0]
    return body.decode(), signature


def apply_all() -> None:
    """Apply what is here, in no order of ours."""
    for pk in ProviderEvent.objects.open().order_by("-pk").values_list("pk", flat=True):
        webhook_inbox.apply_event(pk)


def balance(party: User | Organization) -> int:
    """Return what a wallet holds, in cents."""
    return ledger.balance_of(accounts.wallet_of(party))
