"""Find edits, deletions, insertions, reorderings and cut tails in the audit trail."""

import json
import sys
from dataclasses import asdict
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.actions import RetentionClass
from audit.sealer import head
from audit.verify import Fault, verify

# Enough to see what happened; a rewritten chain would list every link.
_SHOWN = 50


class Command(BaseCommand):
    """Exit 0 when every chain holds, 1 when one does not."""

    help = "Verify the audit trail: every event, every link, every anchor."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer JSON for machines."""
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, print, and leave with 1 on a fault."""
        faults = list(islice(verify(), _SHOWN))
        heads = {chain.value: head(chain)[0] for chain in RetentionClass}
        if options["json"]:
            self.stdout.write(json.dumps({"heads": heads, "faults": [asdict(f) for f in faults]}))
        else:
            self._print(heads, faults)
        if faults:
            sys.exit(1)

    def _print(self, heads: dict[str, int], faults: list[Fault]) -> None:
        for fault in faults:
            self.stderr.write(f"{fault.chain} {fault.sequence}: {fault.what}")
        if len(faults) == _SHOWN:
            self.stderr.write(f"stopped after {_SHOWN} faults")
        for chain, sequence in heads.items():
            verdict = "broken" if any(f.chain == chain for f in faults) else "holds"
            self.stdout.write(f"{chain}: {sequence} links, {verdict}")
