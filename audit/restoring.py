"""Go on after a backup was restored, which left the database behind its anchors.

Sealing has stopped then, as it must: to the sealer a restored backup looks like a cut tail. An
operator who knows what happened sets the anchors aside, where they stay as evidence of what the
backup lacks, and the chain goes on from what the database holds.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import anchors, sealer
from audit.actions import Action, RetentionClass
from audit.log import record
from audit.models import Seal
from audit.who import SYSTEM


@dataclass(frozen=True, slots=True)
class Restored:
    """A chain that goes on at `head`, though its anchor showed `anchored` (None: unreadable)."""

    chain: str
    anchored: int | None
    head: int


def behind() -> list[Restored]:
    """Return the chains that the sealer does not continue."""
    return [found for chain in RetentionClass if (found := _behind(chain))]


def accept(chain: str, *, now: datetime) -> Restored | None:
    """Let a chain go on from what the database holds; None when it was going on.

    The event that records it stands in the security chain and is sealed like any other.
    """
    restored = _behind(chain)
    if restored is None:
        return None
    with transaction.atomic():
        record(
            Action.AUDIT_RESTORED,
            by=SYSTEM,
            now=now,
            subject=f"audit:{chain}",
            data={"anchored": restored.anchored, "head": restored.head},
        )
    sequence, mac = sealer.head(chain)
    anchors.set_aside(chain, above=sequence, now=now)
    link = Seal.objects.filter(chain=chain, sequence=sequence).first()
    anchors.write(chain=chain, sequence=sequence, mac=mac, at=link.sealed_at if link else now)
    return restored


def _behind(chain: str) -> Restored | None:
    if sealer.fault_at_anchor(chain) is None:
        return None
    try:
        anchor = anchors.current(chain)
    except anchors.InvalidAnchor:
        anchor = None
    return Restored(chain, anchor.sequence if anchor else None, sealer.head(chain)[0])
