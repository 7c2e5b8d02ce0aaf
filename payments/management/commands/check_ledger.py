"""Proves that balances, postings, orders and entitlements agree to the cent."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from payments import ledger_check


class Command(BaseCommand):
    """Exit 0 when every rule holds, 1 when one does not."""

    help = "Check every rule of the ledger, from the postings alone."

    def handle(self, *args: Any, **options: Any) -> None:
        """Name what is wrong, and how each rule stands."""
        found = list(ledger_check.faults())
        for fault in found:
            self.stderr.write(f"{fault.who}: {fault.rule}")
        broken = {fault.rule for fault in found}
        for rule in ledger_check.RULES:
            self.stdout.write(f"{'broken' if rule in broken else 'holds '}  {rule}")
        if found:
            sys.exit(1)
