"""`kill -9` of the worker while the provider makes a transfer: the next one finds it, made once."""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from payments import accounts, ledger, ledger_check, paying_out, stripe_port
from payments.ledger import Entry
from payments.models import AccountKind, Payout, PayoutState
from tests import processes, workers
from tests.factories.payments import SellerAccountFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.live import LiveSite

pytestmark = pytest.mark.processes

_CENTS = 5_000


@pytest.fixture
def site(live: LiveSite, sandbox: PaymentSandbox) -> LiveSite:
    """The live site's surroundings, with the sandbox to pay at, which has money of ours."""
    sandbox.control("funds", amount="100000")
    return replace(live, environment=live.environment | sandbox.environment)


@pytest.fixture
def worker(site: LiveSite, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own, to be killed."""
    process = workers.worker_of(site, tmp_path)
    yield process
    workers.stop(process)


@pytest.fixture
def payout(site: LiveSite, sandbox: PaymentSandbox) -> Payout:
    """What a seller is owed, planned as beat does it."""
    opened = stripe_port.create_account(email="", country="US", metadata={}, key="opened")
    sandbox.control(f"accounts/{opened.id}/complete")
    seller = SellerAccountFactory.create(account_id=opened.id)
    payable, provider = accounts.payable_of(seller.vendor), accounts.ours(AccountKind.PROVIDER)
    with transaction.atomic():
        ledger.post("test:sale", [Entry("sale", provider, payable, _CENTS)], now=timezone.now())
    assert paying_out.plan_all() == 1
    return Payout.objects.get()


def test_a_killed_worker_is_followed_by_another_that_pays_nothing_twice(
    site: LiveSite,
    sandbox: PaymentSandbox,
    payout: Payout,
    worker: subprocess.Popen[bytes],
    tmp_path: Path,
) -> None:
    sandbox.control("faults", path="/v1/transfers", fault="slow:5", times="1")
    assert processes.becomes_true(sandbox.has_met_fault, seconds=60)
    assert _is(PayoutState.PROCESSING)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)
    # The provider goes on with what it has begun, and nobody here knows.
    assert processes.becomes_true(lambda: _sent(payout), seconds=30)
    assert _is(PayoutState.PROCESSING)
    # The lease runs out, and the sweep sends a message to the next worker.
    Payout.objects.update(lease_until=timezone.now(), due_at=timezone.now())
    assert paying_out.sweep() == 1
    second = workers.worker_of(site, tmp_path)
    try:
        assert processes.becomes_true(lambda: _is(PayoutState.PAID), seconds=60)
    finally:
        workers.stop(second)
    payout.refresh_from_db()
    (transfer,) = _sent(payout)
    assert (payout.transfer_id, payout.attempt) == (transfer.id, 1)
    assert sandbox.totals["transfers"] == _CENTS
    assert list(ledger_check.faults()) == []


def _is(state: PayoutState) -> bool:
    connection.close()  # what another process has committed since
    return Payout.objects.get().state == state


def _sent(payout: Payout) -> tuple[stripe_port.Transfer, ...]:
    return stripe_port.list_transfers(payout.public_id)
