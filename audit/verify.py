"""Walk the chains and name every place where the trail is not what was written."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, date
from hmac import compare_digest
from itertools import islice

from celery import shared_task
from django.db import DatabaseError, connection, transaction

from audit import anchors, macs
from audit.actions import RetentionClass
from audit.anchors import Anchor
from audit.models import Event, Seal, Tombstone, Unsealed

logger = logging.getLogger(__name__)

_CHUNK = 500
# Enough to see what happened; a rewritten chain would name every link.
_REPORTED = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that does not hold. sequence 0 means it has no place in the chain."""

    chain: str
    sequence: int
    what: str


@dataclass(slots=True)
class _Walk:
    """How far a chain was followed: the last link met, and what the anchors say of it.

    days: those that links were sealed on, as the links' own MACs show.
    """

    chain: str
    kept: "_Kept"
    anchors: dict[int, str] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)
    sequence: int = 0
    mac: str = macs.GENESIS

    def arrive(self, sequence: int, mac: str) -> Iterator[Fault]:
        """Move on to a link, checking it against an anchor kept outside the database."""
        self.sequence, self.mac = sequence, mac
        anchored = self.anchors.pop(sequence, mac)
        if not compare_digest(anchored, mac):
            yield self.fault("the chain was rewritten: an anchor shows another link here")

    def fault(self, what: str) -> Fault:
        """Name a fault at the present place."""
        return Fault(self.chain, self.sequence, what)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the anchor folder held for a chain before the database was looked at."""

    current: Anchor | None
    of_days: tuple[Anchor, ...]
    invalid: tuple[str, ...]


def verify() -> Iterator[Fault]:
    """Yield every fault of every chain and of the queue, in constant memory.

    Needs AUDIT_SEAL_KEY and the anchor folder: run it where the sealer runs.
    """
    # Before the database: a sealer may be at work, and what it adds must not look cut off.
    kept = {chain: _read_anchors(chain) for chain in RetentionClass}
    with _snapshot():
        for chain in RetentionClass:
            yield from _readable(chain, _verify_chain(chain, kept[chain]))
        yield from _readable("", _verify_queue())


@shared_task(name="audit.verify")
def verify_task() -> int:
    """Verify once a day and ring when something does not hold; return how many faults there are."""
    faults = list(islice(verify(), _REPORTED))
    for fault in faults:
        logger.critical("the audit trail does not hold", extra=asdict(fault))
    return len(faults)


def _readable(chain: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """Pass faults on; what an attacker wrote may not even be a row, and ends that walk only."""
    try:
        # A failed query ends PostgreSQL's transaction, but for a savepoint; SQLite has none open.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            yield from faults
    except (ValueError, TypeError, ArithmeticError, AttributeError, DatabaseError) as error:
        yield Fault(chain, 0, f"a row cannot be read: {type(error).__name__}")


def _read_anchors(chain: str) -> _Kept:
    invalid: list[str] = []
    current = None
    try:
        current = anchors.current(chain)
    except anchors.InvalidAnchor as problem:
        invalid.append(str(problem))
    days: list[Anchor] = []
    for each in anchors.of_days(chain):
        if isinstance(each, Anchor):
            days.append(each)
        else:
            invalid.append(str(each))
    return _Kept(current, tuple(days), tuple(invalid))


@contextmanager
def _snapshot() -> Iterator[None]:
    """Hold one view of the database where that stops nobody: sealing and purging go on meanwhile.

    On SQLite a transaction would hold the write lock for the whole walk.
    """
    if connection.vendor != "postgresql":
        yield
        return
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _verify_chain(chain: RetentionClass, kept: _Kept) -> Iterator[Fault]:
    walk = _Walk(chain, kept)
    for problem in kept.invalid:
        yield walk.fault(f"anchor {problem}")
    for anchor in (*kept.of_days, *filter(None, [kept.current])):
        if anchor.sequence:
            walk.anchors[anchor.sequence] = anchor.mac
    tombstones = {
        tombstone.first_sequence: tombstone
        for tombstone in Tombstone.objects.filter(chain=chain).order_by("first_sequence")
    }
    yield from _follow_tombstones(walk, tombstones)
    links = Seal.objects.filter(chain=chain).order_by("sequence").iterator(chunk_size=_CHUNK)
    while chunk := list(islice(links, _CHUNK)):
        uids = [link.event_uid for link in chunk]
        events = {event.uid: event for event in Event.objects.filter(uid__in=uids)}
        for link in chunk:
            yield from _verify_link(walk, link, events.get(link.event_uid))
            yield from _follow_tombstones(walk, tombstones)
    for tombstone in tombstones.values():
        yield Fault(chain, tombstone.first_sequence, "a tombstone stands where no gap is")
    yield from _verify_tail(walk)
    yield from _verify_anchors(walk)


def _verify_link(walk: _Walk, link: Seal, event: Event | None) -> Iterator[Fault]:
    if link.sequence != walk.sequence + 1:
        yield walk.fault(f"links after {walk.sequence} are missing up to {link.sequence}")
    elif not compare_digest(link.previous_mac, walk.mac):
        yield Fault(walk.chain, link.sequence, "the link does not follow the one before it")
    yield from walk.arrive(link.sequence, link.mac)
    if not compare_digest(link.mac, macs.of_seal(link)):
        yield walk.fault("the link was changed or made by somebody else")
    walk.days.add(link.sealed_at.astimezone(UTC).date())
    if event is None:
        # Without one view of the database both may have been purged since the link was read.
        if Seal.objects.filter(pk=link.pk).exists():
            yield walk.fault("the event was deleted")
    elif event.chain != walk.chain or not compare_digest(event.mac, macs.of_event(event)):
        yield walk.fault("the event was changed")
    elif not compare_digest(event.mac, link.event_mac):
        yield walk.fault("the event was replaced")


def _follow_tombstones(walk: _Walk, tombstones: dict[int, Tombstone]) -> Iterator[Fault]:
    """Step over purged stretches that begin right after the present link."""
    while tombstone := tombstones.pop(walk.sequence + 1, None):
        if not compare_digest(tombstone.first_previous_mac, walk.mac):
            yield walk.fault("the tombstone after this link belongs elsewhere")
        is_genuine = compare_digest(tombstone.mac, macs.of_tombstone(tombstone))
        # Anchors inside the stretch went with it; the one at its end still counts.
        for sequence in range(tombstone.first_sequence, tombstone.last_sequence):
            walk.anchors.pop(sequence, None)
        yield from walk.arrive(tombstone.last_sequence, tombstone.last_mac)
        if not is_genuine:
            yield walk.fault("the tombstone was changed or made by somebody else")


def _verify_tail(walk: _Walk) -> Iterator[Fault]:
    if walk.anchors:
        last = max(walk.anchors)
        yield walk.fault(f"the tail is missing: an anchor knows a link {last}")


def _verify_anchors(walk: _Walk) -> Iterator[Fault]:
    """Say which anchors are gone: the current one, or that of a day before its own."""
    if walk.kept.current is None:
        if walk.sequence and not walk.kept.invalid:
            yield walk.fault("the current anchor is gone")
        return
    kept = {anchor.day for anchor in walk.kept.of_days}
    for day in sorted(walk.days - kept):
        # Younger links may have been sealed since the folder was read.
        if day <= walk.kept.current.day and walk.kept.current.sequence:
            yield walk.fault(f"the anchor of {day} is gone")


def _verify_queue() -> Iterator[Fault]:
    for event in Event.objects.outside_chain().iterator(chunk_size=_CHUNK):
        yield Fault(event.chain, 0, f"event {event.uid} is neither sealed nor queued")
    waiting = Unsealed.objects.order_by("event_id").iterator(chunk_size=_CHUNK)
    while chunk := list(islice(waiting, _CHUNK)):
        events = Event.objects.in_bulk([row.event_id for row in chunk])
        for row in chunk:
            faults = list(_verify_waiting(row, events.get(row.event_id)))
            # Without one view of the database a row may have been sealed since it was read.
            if faults and Unsealed.objects.filter(pk=row.pk).exists():
                yield from faults


def _verify_waiting(row: Unsealed, event: Event | None) -> Iterator[Fault]:
    if event is None:
        yield Fault(row.chain, 0, f"event number {row.event_id} was deleted before it was sealed")
    elif not compare_digest(event.mac, macs.of_event(event)):
        yield Fault(event.chain, 0, f"event {event.uid} was written or changed by somebody else")
    elif Seal.objects.filter(event_uid=event.uid).exists():
        yield Fault(event.chain, 0, f"event {event.uid} is sealed and queued again")
    elif row.chain != event.chain:
        yield Fault(event.chain, 0, f"event {event.uid} is queued for another chain")
    elif row.is_set_aside:
        yield Fault(event.chain, 0, f"event {event.uid} is genuine, yet kept from being sealed")
