"""What goes wrong on demand at the sandbox, and what the port makes of it."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import TypeVar

import httpx
import pytest
from pytest_django import Settings

from payments import stripe_port
from tests.fakes.payment_sandbox import KEY, PaymentSandbox, Receiver

pytestmark = pytest.mark.processes

_THREADS = 8
_Result = TypeVar("_Result")


def _create(*, key: str, cents: int = 1200, **metadata: str) -> stripe_port.Intent:
    customer = stripe_port.create_customer(email="", name="bob", metadata={}, key=f"{key}:customer")
    charge = stripe_port.Charge(
        amount_cents=cents, currency="USD", customer_id=customer.id, metadata=metadata
    )
    return stripe_port.create_intent(charge, key=key)


def _take(sandbox: PaymentSandbox, *, key: str, cents: int = 1200, **metadata: str) -> None:
    """Charge a saved card that works."""
    customer = stripe_port.create_customer(email="", name="bob", metadata={}, key=f"{key}:customer")
    card = sandbox.control(f"customers/{customer.id}/cards")["id"]
    charge = stripe_port.Charge(
        amount_cents=cents, currency="USD", customer_id=customer.id, metadata=metadata
    )
    stripe_port.charge_saved_method(charge, payment_method_id=card, key=key)


def _post(sandbox: PaymentSandbox, path: str, *, key: str = "", **form: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {KEY}"}
    if key:
        headers["Idempotency-Key"] = key
    return sandbox.client.post(f"{sandbox.url}{path}", data=form, headers=headers)


@pytest.mark.parametrize(("cents", "metadata"), [(1200, {"sandbox_fault": "decline"}), (6661, {})])
def test_a_good_card_is_declined(
    sandbox: PaymentSandbox, cents: int, metadata: dict[str, str]
) -> None:
    with pytest.raises(stripe_port.ProviderDeclined):
        _take(sandbox, key="a:1", cents=cents, **metadata)
    assert sandbox.totals["charges"] == 0


@pytest.mark.parametrize(
    ("cents", "metadata"), [(1200, {"sandbox_fault": "authentication_required"}), (6662, {})]
)
def test_a_good_card_asks(sandbox: PaymentSandbox, cents: int, metadata: dict[str, str]) -> None:
    with pytest.raises(stripe_port.AuthenticationRequired):
        _take(sandbox, key="a:1", cents=cents, **metadata)
    assert sandbox.totals["charges"] == 0


@pytest.mark.parametrize(
    ("cents", "metadata"), [(1200, {"sandbox_fault": "rate_limited"}), (6663, {})]
)
def test_too_many_requests_pass_with_time(
    sandbox: PaymentSandbox, cents: int, metadata: dict[str, str]
) -> None:
    with pytest.raises(stripe_port.ProviderBusy):
        _create(key="a:1", cents=cents, **metadata)
    assert stripe_port.list_intents() == ()
    intent = _create(key="a:1", cents=cents, **metadata)
    assert stripe_port.list_intents() == (intent,)


def test_an_error_of_the_provider_passes_with_time(sandbox: PaymentSandbox) -> None:
    with pytest.raises(stripe_port.ProviderBusy):
        _create(key="a:1", sandbox_fault="server_error")
    assert stripe_port.list_intents() == ()
    assert _create(key="a:1", sandbox_fault="server_error").amount_cents == 1200


def test_a_saved_error_stays_with_its_key(sandbox: PaymentSandbox) -> None:
    fault = {"email": "b@example.org", "metadata[sandbox_fault]": "server_error_saved"}
    answers = [_post(sandbox, "/v1/customers", key="a:1", **fault).status_code for _ in range(5)]
    assert answers == [500] * 5
    assert _post(sandbox, "/v1/customers", key="a:2").status_code == 200


def test_a_time_out_before_the_work_leaves_nothing(sandbox: PaymentSandbox) -> None:
    with pytest.raises(stripe_port.OutcomeUnknown):
        _create(key="a:1", sandbox_fault="timeout_before")
    assert stripe_port.list_intents() == ()
    assert _create(key="a:1", sandbox_fault="timeout_before").amount_cents == 1200


@pytest.mark.parametrize(
    ("cents", "metadata"), [(1200, {"sandbox_fault": "timeout_after_commit"}), (6666, {})]
)
def test_a_time_out_after_the_work_is_found_by_the_same_key(
    sandbox: PaymentSandbox, cents: int, metadata: dict[str, str]
) -> None:
    with pytest.raises(stripe_port.OutcomeUnknown):
        _create(key="a:1", cents=cents, **metadata)
    (found,) = stripe_port.list_intents()
    assert _create(key="a:1", cents=cents, **metadata) == found
    assert stripe_port.list_intents() == (found,)


def test_one_time_out_is_mended_by_the_library(sandbox: PaymentSandbox) -> None:
    intent = _create(key="a:1", sandbox_fault="timeout_after_commit:1")
    assert stripe_port.list_intents() == (intent,)


def test_the_outcome_stays_unknown_when_the_provider_is_gone_afterwards(
    settings: Settings,
) -> None:
    settings.STRIPE_SECRET_KEY = KEY
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.STRIPE_API_URL = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = Thread(target=_hang_up_once, args=(listener,))
        thread.start()
        with pytest.raises(stripe_port.OutcomeUnknown):
            stripe_port.create_customer(email="", name="bob", metadata={}, key="a:1")
        thread.join()


def _hang_up_once(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    listener.close()
    with connection:
        connection.recv(65_536)


def test_the_outcome_stays_unknown_when_the_provider_fails_afterwards(
    sandbox: PaymentSandbox,
) -> None:
    sandbox.control("faults", path="/v1/customers", fault="timeout_before")
    sandbox.control("faults", path="/v1/customers", fault="server_error", times="2")
    with pytest.raises(stripe_port.OutcomeUnknown):
        stripe_port.create_customer(email="", name="bob", metadata={}, key="a:1")


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, stripe_port.OutcomeUnknown), (404, stripe_port.ProviderRefused)],
)
def test_an_answer_that_nobody_can_read_is_taken_for_what_it_may_be(
    event_receiver: Receiver,
    settings: Settings,
    status: int,
    meaning: type[stripe_port.ProviderError],
) -> None:
    event_receiver.reset()
    event_receiver.status = status
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_API_URL = event_receiver.url.removesuffix("/webhooks/stripe")
    with pytest.raises(meaning):
        stripe_port.create_customer(email="", name="bob", metadata={}, key="a:1")


def test_a_look_that_nobody_answers_leaves_nothing_unknown(sandbox: PaymentSandbox) -> None:
    sandbox.control("faults", path="/v1/refunds/", fault="timeout_before", times="3")
    with pytest.raises(stripe_port.ProviderBusy):
        stripe_port.retrieve_refund("re_1")


def test_a_fault_can_wait_for_a_path(sandbox: PaymentSandbox) -> None:
    intent = _create(key="a:1")
    path = f"/v1/payment_intents/{intent.id}/cancel"
    sandbox.control("faults", path=path, fault="rate_limited")
    assert stripe_port.retrieve_intent(intent.id) == intent
    with pytest.raises(stripe_port.ProviderBusy):
        stripe_port.cancel_intent(intent.id, key="a:2")
    assert stripe_port.cancel_intent(intent.id, key="a:2").status == "canceled"


class TestIdempotency:
    def test_a_repeated_request_gets_the_same_answer(self, sandbox: PaymentSandbox) -> None:
        first, second = (_post(sandbox, "/v1/customers", key="a:1", name="bob") for _ in range(2))
        assert first.json() == second.json()
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"

    def test_another_body_under_the_same_key_is_refused(self, sandbox: PaymentSandbox) -> None:
        stripe_port.create_customer(email="", name="bob", metadata={}, key="a:1")
        with pytest.raises(stripe_port.ProviderRefused) as refused:
            stripe_port.create_customer(email="", name="mallory", metadata={}, key="a:1")
        assert refused.value.code == "idempotency_error"

    def test_so_is_another_operation(self, sandbox: PaymentSandbox) -> None:
        stripe_port.create_customer(email="", name="bob", metadata={}, key="a:1")
        with pytest.raises(stripe_port.ProviderRefused):
            stripe_port.create_account(email="", country="US", metadata={}, key="a:1")

    def test_a_decline_is_repeated_and_not_tried_again(self, sandbox: PaymentSandbox) -> None:
        form = {"amount": "1200", "currency": "usd", "confirm": "true"}
        form["payment_method"] = "pm_card_chargeDeclined"
        answers = [_post(sandbox, "/v1/payment_intents", key="a:1", **form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [402, 402]
        assert len(stripe_port.list_intents()) == 1

    def test_what_was_refused_may_be_mended_under_the_same_key(
        self, sandbox: PaymentSandbox
    ) -> None:
        assert _post(sandbox, "/v1/customers", key="a:1", nmae="bob").status_code == 400
        assert _post(sandbox, "/v1/customers", key="a:1", name="bob").status_code == 200

    def test_at_once_one_works_and_the_others_are_told_to_wait(
        self, sandbox: PaymentSandbox
    ) -> None:
        form = {"name": "bob", "metadata[sandbox_fault]": "slow:0.5"}
        statuses = [
            answer.status_code
            for answer in _at_once(lambda: _post(sandbox, "/v1/customers", key="a:1", **form))
        ]
        assert sorted(statuses) == [200] + [409] * (_THREADS - 1)

    def test_through_the_port_all_get_the_same(self, sandbox: PaymentSandbox) -> None:
        customers = _at_once(
            lambda: stripe_port.create_customer(
                email="", name="bob", metadata={"sandbox_fault": "slow:0.2"}, key="a:1"
            )
        )
        assert len({customer.id for customer in customers}) == 1


def _at_once(call: Callable[[], _Result]) -> list[_Result]:
    with ThreadPoolExecutor(_THREADS) as pool:
        return [future.result() for future in [pool.submit(call) for _ in range(_THREADS)]]
