"""`kill -9` at each step of a top-up: afterwards the row comes to its right end, the money once."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from payments import reconciliation, stripe_port, webhook_inbox
from payments.models import EventState, Posting, ProviderEvent, TopUp, TopUpState
from tests import live as live_site
from tests import processes, workers
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.live import LiveSite
from tests.payments.paying import TOP_UP, balance, pay, success_of
from tests.payments.provider_events import PATH

pytestmark = pytest.mark.processes


@pytest.fixture
def site(live: LiveSite, sandbox: PaymentSandbox, receiver: Receiver) -> LiveSite:
    """The live site's surroundings, with the sandbox to pay at."""
    return replace(live, environment=live.environment | sandbox.environment)


@pytest.fixture
def web(site: LiveSite, free_port: int, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A web server of its own, to be killed."""
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        process = live_site.start(free_port, environment=site.environment, to=output.fileno())
        try:
            live_site.wait_until_it_answers(f"http://127.0.0.1:{free_port}", process, log)
            yield process
        finally:
            live_site.stop(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as a power failure would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _reconciled(*, after: timedelta) -> TopUp:
    """Reconcile as beat and worker do, so long after the row was made."""
    top_up = TopUp.objects.get()
    now = top_up.created_at + after
    TopUp.objects.update(check_at=now)
    reconciliation.reconcile("top", top_up.pk, now=now)
    return TopUp.objects.get()


def _ask_in_the_background(port: int, bearer: Bearer) -> threading.Thread:
    def ask() -> None:
        headers = {"Authorization": f"Bearer {bearer.plaintext}", "Idempotency-Key": "a"}
        with contextlib.suppress(httpx.TransportError):
            url = f"http://127.0.0.1:{port}{TOP_UP}"
            httpx.post(url, json={"amountCents": 1000}, headers=headers, timeout=30)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_web_is_killed_before_the_payment_is_made(
    site: LiveSite,
    web: subprocess.Popen[bytes],
    free_port: int,
    bob: User,
    sandbox: PaymentSandbox,
) -> None:
    sandbox.control("faults", path="/v1/customers", fault="slow:5", times="1")
    asking = _ask_in_the_background(free_port, Bearer(bob, BUYER))
    assert processes.becomes_true(sandbox.has_met_fault, seconds=30)
    _kill(web)
    asking.join()
    top_up = _reconciled(after=timedelta(minutes=11))
    assert (top_up.state, top_up.intent_id, balance(bob)) == (TopUpState.CANCELED, None, 0)
    assert stripe_port.list_intents() == ()


def test_web_is_killed_while_the_provider_makes_the_payment(
    site: LiveSite,
    web: subprocess.Popen[bytes],
    free_port: int,
    bob: User,
    sandbox: PaymentSandbox,
) -> None:
    sandbox.control("faults", path="/v1/payment_intents", fault="slow:5", times="1")
    asking = _ask_in_the_background(free_port, Bearer(bob, BUYER))
    assert processes.becomes_true(sandbox.has_met_fault, seconds=30)
    _kill(web)
    asking.join()
    # The provider goes on with what it has begun.
    assert processes.becomes_true(stripe_port.list_intents, seconds=30)
    top_up = TopUp.objects.get()
    assert top_up.intent_id is None
    top_up = _reconciled(after=timedelta(minutes=3))
    assert top_up.intent_id is not None
    pay(sandbox, top_up)
    top_up = _reconciled(after=timedelta(minutes=9))
    assert (top_up.state, balance(bob), Posting.objects.count()) == (TopUpState.SUCCEEDED, 1000, 1)


def test_a_worker_is_killed_while_it_applies_the_event(
    site: LiveSite,
    web: subprocess.Popen[bytes],
    free_port: int,
    bob: User,
    sandbox: PaymentSandbox,
    receiver: Receiver,
    tmp_path: Path,
) -> None:
    asking = _ask_in_the_background(free_port, Bearer(bob, BUYER))
    asking.join()
    top_up = TopUp.objects.get()
    pay(sandbox, top_up)
    body, signature = success_of(receiver)
    sandbox.control("faults", path="/v1/payment_intents/", fault="slow:20", times="1")
    headers = {"Stripe-Signature": signature}
    answer = httpx.post(f"http://127.0.0.1:{free_port}{PATH}", content=body, headers=headers)
    assert answer.status_code == 200
    worker = workers.worker_of(site, tmp_path)
    try:
        assert processes.becomes_true(_is_held, seconds=60)
    finally:
        _kill(worker)
    event = ProviderEvent.objects.get()
    assert (event.state, event.attempts, balance(bob)) == (EventState.RECEIVED, 1, 0)
    # Its lease ends, and the sweep sends it again.
    ProviderEvent.objects.update(lease_until=timezone.now(), due_at=timezone.now())
    assert webhook_inbox.sweep() == 1
    webhook_inbox.apply_event(event.pk)
    top_up.refresh_from_db()
    assert (top_up.state, balance(bob), Posting.objects.count()) == (TopUpState.SUCCEEDED, 1000, 1)


def _is_held() -> bool:
    connection.close()  # what another process has committed since
    return ProviderEvent.objects.exclude(lease_token="").exists()
