"""What waits for the provider, said once for every kind of row: top-ups now, others as they come.

A kind knows which of its rows wait for too long, how to ask the provider about one of them, and
what a payment means for the row that it names. `settlement` lists the kinds.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from payments.stripe_port import Intent

# The claim on a key lasts a minute; before it ends, whoever started the row is still at it.
CHECK_AFTER = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=1)
# A payment that the provider has never heard of is given up after this.
ABANDONED_AFTER = timedelta(minutes=10)
# Where a payment names the row that it pays for, by public id.
SUBJECT = "subject"


def wait_after(checks: int) -> timedelta:
    """Return how long to wait before the provider is asked again, who was asked so often."""
    return min(_LONGEST_WAIT, CHECK_AFTER * (1 << min(checks, 10)))


class Bears(Protocol):
    """Lets the row of a public id bear how its payment stands now."""

    def __call__(self, subject: str, intent: Intent, *, now: datetime) -> bool:
        """Move the row forward, in a transaction of its own; tell whether there is such a row."""


class Reconciles(Protocol):
    """Asks the provider about one row, outside any transaction, and brings it forward."""

    def __call__(self, pk: int, *, now: datetime) -> None:
        """Raise ProviderError when the provider cannot say; the row then waits longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of row whose end the provider decides.

    prefix: of its public ids. overdue: keys of rows that have waited for long enough at a moment,
    each taken at most once until it is due again. taken: cents that our ledger has taken in for
    public ids; one without a posting is left out. between: public ids of rows made in a period.
    has: whether there is a row of a public id.
    """

    prefix: str
    bear: Bears
    reconcile: Reconciles
    overdue: Callable[[datetime], Sequence[int]]
    taken: Callable[[Collection[str]], Mapping[str, int]]
    between: Callable[[datetime, datetime], Sequence[str]]
    has: Callable[[str], bool]
