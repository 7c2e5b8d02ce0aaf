"""Ask the provider about what waits too long, and compare its totals with the ledger's.

Nothing here needs a person: a lost webhook, a killed process or an answer that never came cost
minutes. What still differs after asking is an error in the log.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from payments import settlement, stripe_port
from payments.errors import PaymentMismatch
from payments.pending import SUBJECT
from payments.settlement import BY_PREFIX, KINDS
from payments.stripe_port import Intent, ProviderError

log = logging.getLogger("mog.payments")

_AT_ONCE = 500
# A row is made before its payment: minutes usually, hours after an outage.
_LATER = timedelta(days=1)
_COMPARED = timedelta(days=3)
# What is younger may be on its way between the two.
_SETTLED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the provider and the ledger have taken in for rows of a period, in cents.

    differing: by public id, where the two are not the same: the provider's cents, then ours.
    """

    provider_cents: int
    ledger_cents: int
    differing: Mapping[str, tuple[int, int]]


@shared_task(name="payments.reconcile_sweep")
def sweep() -> int:
    """Have every row looked at that waits for too long; return how many."""
    found = [(kind.prefix, pk) for kind in KINDS for pk in kind.overdue(timezone.now())[:_AT_ONCE]]
    for prefix, pk in found:
        reconcile_task.delay(prefix, pk)
    return len(found)


@shared_task(name="payments.reconcile")
def reconcile_task(prefix: str, pk: int) -> None:
    """Look at one row."""
    reconcile(prefix, pk, now=timezone.now())


def reconcile(prefix: str, pk: int, *, now: datetime) -> None:
    """Bring one row to where the provider has it; a provider that is away is asked later."""
    try:
        BY_PREFIX[prefix].reconcile(pk, now=now)
    except ProviderError as error:
        log.warning("%s %d waits for the provider: %s", prefix, pk, error)
    except PaymentMismatch:
        log.exception("%s %d does not fit its payment", prefix, pk)


@shared_task(name="payments.compare_totals")
def compare_task() -> None:
    """Compare the last days, mend what can be mended, and report the rest."""
    now = timezone.now()
    found = compare_and_mend(since=now - _COMPARED, until=now - _SETTLED_AFTER, now=now)
    for subject, (theirs, ours) in found.differing.items():
        log.error("%s: the provider took %d cents, the ledger %d", subject, theirs, ours)


def compare_and_mend(*, since: datetime, until: datetime, now: datetime) -> Comparison:
    """Compare, let the rows that differ bear their payments, and compare again if any did."""
    intents = _intents(since=since, until=until)
    found = _compare(intents, since=since, until=until)
    if not found.differing:
        return found
    for intent in intents:
        if intent.metadata.get(SUBJECT) in found.differing:
            _mend(intent, now=now)
    return _compare(intents, since=since, until=until)


def compare(*, since: datetime, until: datetime) -> Comparison:
    """Compare what was taken in for rows made in a period; raises ProviderError."""
    return _compare(_intents(since=since, until=until), since=since, until=until)


def _intents(*, since: datetime, until: datetime) -> tuple[Intent, ...]:
    return stripe_port.list_intents(created_from=since - _LATER, created_before=until + _LATER)


def _compare(intents: tuple[Intent, ...], *, since: datetime, until: datetime) -> Comparison:
    theirs: dict[str, int] = defaultdict(int)
    for intent in intents:
        if intent.status == "succeeded":
            theirs[intent.metadata.get(SUBJECT) or intent.id] += intent.received_cents
    rows = {kind.prefix: set(kind.between(since, until)) for kind in KINDS}
    ours: dict[str, int] = {}
    for kind in KINDS:
        ours |= kind.taken(rows[kind.prefix])
    known = set().union(*rows.values())
    # Somebody paid for a row that we do not have; rows of other periods are not looked at.
    strange = {
        subject
        for intent in intents
        if intent.status == "succeeded" and since <= intent.created_at < until
        for subject in [intent.metadata.get(SUBJECT) or intent.id]
        if subject not in known and not _exists(subject)
    }
    subjects = known | strange
    return Comparison(
        provider_cents=sum(theirs[subject] for subject in subjects if subject in theirs),
        ledger_cents=sum(ours.values()),
        differing={
            subject: (theirs.get(subject, 0), ours.get(subject, 0))
            for subject in sorted(subjects)
            if theirs.get(subject, 0) != ours.get(subject, 0)
        },
    )


def _exists(subject: str) -> bool:
    kind = BY_PREFIX.get(subject.partition("_")[0])
    return kind is not None and kind.has(subject)


def _mend(intent: Intent, *, now: datetime) -> None:
    try:
        settlement.bear(intent, now=now)
    except PaymentMismatch:
        log.exception("%s does not fit its row", intent.id)
