"""What the provider's library sends for each call of the port, as it was recorded.

A change of shape, by us or by an upgrade of the library, is seen in the diff of the recording. Once
it is meant: `RECORD=1 python -m pytest tests/payments/test_recorded_requests.py`.
"""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from payments import stripe_port
from payments.stripe_port import Charge
from tests.fakes.payment_sandbox import PaymentSandbox

_RECORDING = Path(__file__).parent / "data" / "provider_requests.json"
_IDS = re.compile(r"\b(acct|cus|dp|du|pi|pm|re|seti|tr)_(?:card_visa|[A-Za-z0-9]{24})\b")
# The library makes one up where we name none.
_MADE_UP = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_MOMENT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
_NAMES = {"subject": "row_1"}


class Recorder:
    """Remembers what the sandbox was asked while a call of the port went on."""

    def __init__(self, sandbox: PaymentSandbox) -> None:
        self.sandbox = sandbox
        self.seen: dict[str, list[dict[str, Any]]] = {}

    def call(self, name: str, /, *values: Any, **named: Any) -> Any:
        """Call the port."""
        before = len(self.sandbox.requests)
        result = getattr(stripe_port, name)(*values, **named)
        self.seen[name] = [_shape(sent) for sent in self.sandbox.requests[before:]]
        return result


def _shape(sent: dict[str, Any]) -> dict[str, Any]:
    """Return what matters of a request; ids say what they are of, and no more."""
    kept = {name: sent[name] for name in ("method", "path", "form", "key", "version")}
    text = _MADE_UP.sub("MADE_UP", _IDS.sub(r"\1_ID", json.dumps(kept)))
    shape: dict[str, Any] = json.loads(text)
    return shape


def _asked(sandbox: PaymentSandbox) -> dict[str, list[dict[str, Any]]]:
    recorder = Recorder(sandbox)
    _about_payments(recorder, sandbox)
    _about_sellers(recorder, sandbox)
    return recorder.seen


def _about_payments(recorder: Recorder, sandbox: PaymentSandbox) -> None:
    call = recorder.call
    customer = call("create_customer", email="b@example.com", name="B", metadata=_NAMES, key="c:1")
    setup = call("create_setup_intent", customer_id=customer.id, metadata=_NAMES, key="s:1")
    sandbox.control(f"intents/{setup.id}/pay")
    card = call("retrieve_setup_intent", setup.id).payment_method_id
    call("list_payment_methods", customer.id)
    call("retrieve_payment_method", card)
    charge = Charge(
        amount_cents=1_999,
        currency="USD",
        customer_id=customer.id,
        description="Tools",
        metadata=_NAMES,
    )
    paid = call("charge_saved_method", charge, payment_method_id=card, key="i:1")
    waiting = call("create_intent", charge, key="i:2")
    call("cancel_intent", waiting.id, key="i:2:cancel")
    call("retrieve_intent", paid.id)
    call("list_intents", customer_id=customer.id, created_from=_MOMENT, created_before=_MOMENT)
    back = call("create_refund", paid.id, amount_cents=500, metadata=_NAMES, key="r:1")
    call("retrieve_refund", back.id)
    call("list_refunds", paid.id)
    dispute_id = sandbox.control(f"charges/{paid.id}/dispute")["id"]
    call("retrieve_dispute", dispute_id)
    call("list_disputes", created_from=_MOMENT)
    call("detach_payment_method", card, key="m:1")


def _about_sellers(recorder: Recorder, sandbox: PaymentSandbox) -> None:
    call = recorder.call
    account = call(
        "create_account", email="s@example.com", country="US", metadata=_NAMES, key="a:1"
    )
    site = f"{sandbox.site}/sell"
    call("create_account_link", account.id, return_url=site, refresh_url=f"{site}/again")
    call("retrieve_account", account.id)
    sandbox.control(f"accounts/{account.id}/complete")
    sandbox.control("funds", amount="100000")
    sent = call(
        "create_transfer",
        account_id=account.id,
        amount_cents=4_500,
        currency="USD",
        transfer_group="payout_1",
        metadata=_NAMES,
        key="t:1",
    )
    call("retrieve_transfer", sent.id)
    call("list_transfers", "payout_1")
    call("reverse_transfer", sent.id, amount_cents=100, metadata=_NAMES, key="v:1")


@pytest.fixture
def asked(sandbox: PaymentSandbox) -> dict[str, list[dict[str, Any]]]:
    found = _asked(sandbox)
    if os.environ.get("RECORD"):
        _RECORDING.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return found


def test_every_call_of_the_port_is_recorded(asked: dict[str, list[dict[str, Any]]]) -> None:
    calls = {name for name in stripe_port.__all__ if name.islower()}
    assert set(asked) == calls - {"verify"}  # which asks nobody


def test_the_library_asks_what_it_asked(
    asked: dict[str, list[dict[str, Any]]],
) -> None:
    recorded = json.loads(_RECORDING.read_text(encoding="utf-8"))
    assert asked == recorded, "Look at what has changed, then record it anew (as above)."
