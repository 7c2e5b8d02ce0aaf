"""Events of the sandbox: signed, delivered, delayed, doubled, reordered and lost on demand."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from payments import stripe_port
from payments.sandbox import courier
from tests import processes
from tests.fakes.payment_sandbox import WEBHOOK_SECRET, PaymentSandbox, Receiver

pytestmark = pytest.mark.processes

_EVENT = {
    "id": "evt_1",
    "type": "payment_intent.succeeded",
    "created": 1_780_000_000,
    "data": {"object": {"id": "pi_1", "object": "payment_intent"}},
}


def _customer(**metadata: str) -> stripe_port.Customer:
    return stripe_port.create_customer(
        email="", name="bob", metadata=metadata, key=f"a:{time.monotonic_ns()}"
    )


def _paid(sandbox: PaymentSandbox, **metadata: str) -> stripe_port.Intent:
    charge = stripe_port.Charge(
        amount_cents=1200, currency="USD", customer_id=_customer().id, metadata=metadata
    )
    intent = stripe_port.create_intent(charge, key=f"a:{time.monotonic_ns()}")
    sandbox.control(f"intents/{intent.id}/pay")
    return intent


def _taken(receiver: Receiver) -> list[stripe_port.Event]:
    with receiver.lock:
        return [stripe_port.verify(body, signature) for body, signature in receiver.taken]


def _types(receiver: Receiver) -> list[str]:
    return [event.type for event in _taken(receiver)]


def _comes(receiver: Receiver, *, events: int) -> bool:
    return processes.becomes_true(lambda: len(receiver.taken) >= events, seconds=10)


def test_each_change_is_told_in_order(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    intent = _paid(sandbox)
    assert _comes(receiver, events=4)
    assert _types(receiver) == [
        "customer.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    event = _taken(receiver)[-1]
    assert (event.object_kind, event.object_id) == ("payment_intent", intent.id)
    assert event.payload["data"]["object"]["amount"] == 1200


def test_an_event_of_a_sellers_account_names_it(
    sandbox: PaymentSandbox, receiver: Receiver
) -> None:
    account = stripe_port.create_account(email="", country="US", metadata={}, key="a:1")
    assert _comes(receiver, events=1)
    (event,) = _taken(receiver)
    assert (event.type, event.account_id) == ("account.updated", account.id)


def test_what_was_refused_is_not_told(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    charge = stripe_port.Charge(amount_cents=1200, currency="USD", customer_id=_customer().id)
    with pytest.raises(stripe_port.ProviderRefused):
        stripe_port.charge_saved_method(charge, payment_method_id="pm_none", key="a:1")
    events = sandbox.look("events")["data"]
    assert [event["type"] for event in events] == ["customer.created"]


def test_a_delayed_one_is_overtaken(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    slow = _customer(webhook="delay:0.4")
    quick = _customer()
    assert _comes(receiver, events=2)
    assert [event.object_id for event in _taken(receiver)] == [quick.id, slow.id]


def test_a_doubled_one_comes_twice(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    _customer(webhook="duplicate")
    assert _comes(receiver, events=2)
    first, second = _taken(receiver)
    assert first.id == second.id


def test_reordered_ones_come_backwards(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    _paid(sandbox, webhook="reorder")
    assert _comes(receiver, events=4)
    assert _types(receiver)[1:] == [
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.created",
    ]


def test_a_lost_one_comes_when_asked_for(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    lost, kept = _customer(webhook="drop"), _customer()
    assert _comes(receiver, events=1)
    assert [event.object_id for event in _taken(receiver)] == [kept.id]
    event_id = sandbox.look("events")["data"][0]["id"]
    sandbox.control(f"events/{event_id}/deliver")
    assert _comes(receiver, events=2)
    assert _taken(receiver)[-1].object_id == lost.id


def test_one_can_be_sent_again_and_again(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    _customer()
    assert _comes(receiver, events=1)
    sandbox.control(f"events/{_taken(receiver)[0].id}/deliver", times="20")
    assert _comes(receiver, events=21)
    assert len({event.id for event in _taken(receiver)}) == 1


def test_held_ones_wait(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    sandbox.control("webhooks", mode="hold")
    _customer()
    (waiting,) = sandbox.look("events")["deliveries"]
    assert (waiting["state"], receiver.taken) == ("waiting", [])
    sandbox.control("webhooks", mode="deliver")
    assert _comes(receiver, events=1)


def test_a_site_that_fails_is_asked_again(sandbox: PaymentSandbox, receiver: Receiver) -> None:
    receiver.status = 500
    _customer()
    assert _comes(receiver, events=2)
    receiver.status = 200
    assert processes.becomes_true(lambda: _delivery(sandbox)["state"] == "delivered")
    assert _delivery(sandbox)["attempts"] >= 3


def _delivery(sandbox: PaymentSandbox) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.look("events")["deliveries"][0]
    return found


class TestVerification:
    @pytest.fixture(autouse=True)
    def _secret(self, settings: Settings) -> None:
        settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET

    def test_the_genuine_is_believed(self) -> None:
        body = json.dumps(_EVENT).encode()
        event = stripe_port.verify(body, _signed(body))
        assert (event.id, event.type, event.object_id) == (
            "evt_1",
            "payment_intent.succeeded",
            "pi_1",
        )

    @pytest.mark.parametrize(
        "forge",
        [
            lambda body: (body.replace(b"pi_1", b"pi_2"), _signed(body)),
            lambda body: (body, courier.signature(body, "whsec_other", at=int(time.time()))),
            lambda body: (body, _signed(body, age_seconds=310)),
            lambda body: (body, _signed(body).replace("v1=", "v0=")),
            lambda body: (body, ""),
            lambda body: (body, "t=now,v1=x"),
            lambda body: (body, "t=1"),
            lambda body: (body, "\x00é" * 10),
        ],
        ids=["altered", "secret", "old", "scheme", "none", "time", "no signature", "noise"],
    )
    def test_a_forgery_is_refused(self, forge: Callable[[bytes], tuple[bytes, str]]) -> None:
        with pytest.raises(stripe_port.WebhookRefused):
            stripe_port.verify(*forge(json.dumps(_EVENT).encode()))

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'{"id": 1, "type": "x", "created": 1, "data": {"object": {"object": "x"}}}',
            b'{"id": "evt", "type": "x", "created": 1e400, "data": {"object": {"object": "x"}}}',
            b'{"id": "evt", "type": "x", "created": 1, "data": {"object": "x"}}',
            b"[" * 100_000,
        ],
        ids=["empty", "list", "null", "bytes", "number", "infinite", "text", "deep"],
    )
    def test_signed_nonsense_is_refused(self, body: bytes) -> None:
        with pytest.raises(stripe_port.WebhookRefused):
            stripe_port.verify(body, _signed(body))

    def test_a_slightly_late_one_is_believed(self) -> None:
        body = json.dumps(_EVENT).encode()
        assert stripe_port.verify(body, _signed(body, age_seconds=290)).id == "evt_1"

    def test_without_a_secret_nothing_is_believed(self, settings: Settings) -> None:
        settings.STRIPE_WEBHOOK_SECRET = ""
        body = json.dumps(_EVENT).encode()
        with pytest.raises(stripe_port.ProviderNotConfigured):
            stripe_port.verify(body, courier.signature(body, "", at=int(time.time())))


def _signed(body: bytes, *, age_seconds: int = 0) -> str:
    return courier.signature(body, WEBHOOK_SECRET, at=int(time.time()) - age_seconds)
