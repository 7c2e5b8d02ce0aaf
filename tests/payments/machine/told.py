"""What the provider knows, read past everything of ours."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from payments.pending import SUBJECT
from tests.fakes.payment_sandbox import PaymentSandbox


@dataclass(frozen=True)
class Told:
    """Its objects, by kind."""

    objects: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def payments_of(self) -> Counter[str]:
        """How many payments name a row of ours."""
        return Counter(each["metadata"].get(SUBJECT, "") for each in self.objects["payment_intent"])

    @property
    def paid_for(self) -> Counter[str]:
        """How many cents cards have paid for a row of ours."""
        paid: Counter[str] = Counter()
        for intent in self.objects["payment_intent"]:
            if intent["status"] == "succeeded":
                paid[intent["metadata"].get(SUBJECT, "")] += intent["amount_received"]
        return paid

    @property
    def back_to_card(self) -> Counter[str]:
        """How many cents of a payment went back."""
        back: Counter[str] = Counter()
        for refund in self.objects["refund"]:
            if refund["status"] not in ("failed", "canceled"):
                back[refund["payment_intent"]] += refund["amount"]
        return back

    @property
    def sent_for(self) -> dict[str, list[int]]:
        """Which amounts were sent under a group, one for each transfer."""
        sent: dict[str, list[int]] = defaultdict(list)
        for transfer in self.objects["transfer"]:
            sent[transfer["transfer_group"]].append(transfer["amount"])
        return sent

    @property
    def balance_cents(self) -> int:
        """What it holds for us."""
        out = sum(self.back_to_card.values()) + sum(map(sum, self.sent_for.values()))
        contested: int = sum(
            each["amount"] for each in self.objects["dispute"] if each["status"] != "won"
        )
        return sum(self.paid_for.values()) - out - contested

    @property
    def open_disputes(self) -> list[str]:
        """The ids of those that no bank has decided."""
        disputes = self.objects["dispute"]
        return [each["id"] for each in disputes if each["status"] not in ("won", "lost")]


def by(sandbox: PaymentSandbox) -> Told:
    """Read its file: to ask for all of it by HTTP would take longer than a run."""
    told = Told()
    with closing(sqlite3.connect(f"file:{sandbox.state}?mode=ro", uri=True)) as state:
        for kind, body in state.execute("SELECT kind, body FROM object ORDER BY seq"):
            told.objects[kind].append(json.loads(body))
    return told
