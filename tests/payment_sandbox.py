"""The payment sandbox as fixtures: one process for each worker of a session.

A test that asks for `sandbox` calls the real port, `payments.stripe_port`, which is pointed at it.
"""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.fakes import payment_sandbox
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver


@pytest.fixture(scope="session")
def event_receiver() -> Iterator[Receiver]:
    """Take events for the whole session; a test asks for `receiver` instead."""
    with payment_sandbox.receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def running_sandbox(
    event_receiver: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PaymentSandbox]:
    """Run the sandbox for the whole session; a test asks for `sandbox` instead."""
    folder = tmp_path_factory.mktemp("payment-sandbox")
    with payment_sandbox.running(folder, webhook=event_receiver.url) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: PaymentSandbox, settings: Settings) -> PaymentSandbox:
    """A sandbox that remembers nothing, and the port to it."""
    running_sandbox.control("forget")
    settings.STRIPE_SECRET_KEY = payment_sandbox.KEY
    settings.STRIPE_WEBHOOK_SECRET = payment_sandbox.WEBHOOK_SECRET
    settings.STRIPE_API_URL = running_sandbox.url
    return running_sandbox


@pytest.fixture
def receiver(sandbox: PaymentSandbox, event_receiver: Receiver) -> Receiver:
    """A site that has taken no event yet."""
    event_receiver.reset()
    return event_receiver
