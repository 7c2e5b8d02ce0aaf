"""Chain the events after commit: sequence, previous hash, chain MAC.

Writers never meet the chain: they insert their event and go on. One sealer at a time works through
the queue; a transaction that commits late finds its place when it is there.
"""

import logging
from datetime import datetime, timedelta
from hmac import compare_digest

from celery import shared_task
from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from audit import anchors, macs
from audit.actions import RetentionClass
from audit.models import Event, Seal, Tombstone, Unsealed

logger = logging.getLogger(__name__)

# An attacker with the database could remove an event only while it waits; the alarm bounds that.
ALARM_AFTER = timedelta(seconds=5)
_BATCH = 500
# Names the advisory lock of a chain; any constants do as long as nobody else uses them.
_LOCK_SPACE = 0x6D6F67
_LOCK_KEYS = {chain: number for number, chain in enumerate(RetentionClass)}


def seal(*, now: datetime, batch: int = _BATCH) -> int:
    """Seal what waits, batch by batch, and return how many events were sealed.

    Raises ImproperlyConfigured where AUDIT_SEAL_KEY is absent.
    """
    _raise_alarm(now=now)
    return sum(_seal_chain(chain, now=now, batch=batch) for chain in RetentionClass)


def oldest_unsealed_age(*, now: datetime) -> timedelta:
    """Return for how long the oldest event has waited; zero when none does."""
    oldest = Unsealed.objects.filter(is_set_aside=False).aggregate(at=Min("at"))["at"]
    return max(now - oldest, timedelta()) if oldest else timedelta()


def head(chain: str) -> tuple[int, str]:
    """Return sequence and MAC of a chain's last link; (0, GENESIS) before the first."""
    seal = Seal.objects.filter(chain=chain).order_by("-sequence").first()
    if seal:
        return seal.sequence, seal.mac
    tombstone = Tombstone.objects.filter(chain=chain).order_by("-last_sequence").first()
    return (tombstone.last_sequence, tombstone.last_mac) if tombstone else (0, macs.GENESIS)


@shared_task(name="audit.seal")
def seal_task() -> int:
    """Seal what waits."""
    return seal(now=timezone.now())


def _seal_chain(chain: RetentionClass, *, now: datetime, batch: int) -> int:
    sealed = 0
    while links := _seal_batch(chain, now=now, batch=batch):
        sealed += len(links)
        _anchor(links[-1])
        if len(links) < batch:
            break
    return sealed


def _seal_batch(chain: RetentionClass, *, now: datetime, batch: int) -> list[Seal]:
    waiting = Unsealed.objects.filter(chain=chain, is_set_aside=False).order_by("event_id")
    if not waiting.exists():  # the common case takes no lock
        return []
    with transaction.atomic():
        if not _lock(chain) or not _may_go_on(chain, now=now):
            return []
        events: list[Event] = []
        # What cannot be sealed is set aside, so that no amount of it stops the rest.
        while not events and (rows := list(waiting[:batch])):
            events = _sealable(chain, rows)
        links = _chain(chain, events, now=now)
        Seal.objects.bulk_create(links)
        Unsealed.objects.filter(event_id__in=[event.pk for event in events]).delete()
    return links


def fault_at_anchor(chain: str) -> str | None:
    """Return why a chain must not be continued, None when it holds what its anchor shows.

    If links were cut off, going on would put others in their places and the cut would vanish.
    """
    try:
        anchor = anchors.current(chain)
    except anchors.InvalidAnchor as invalid:
        return f"the anchor {invalid}"
    if anchor is None:
        return "its anchor is gone" if head(chain)[0] else None
    if not compare_digest(_mac_at(chain, anchor.sequence), anchor.mac):
        return f"it lacks link {anchor.sequence}, which its anchor shows"
    return None


def _may_go_on(chain: RetentionClass, *, now: datetime) -> bool:
    """Tell whether to continue a chain, and bring its anchor up to date.

    A sealer can die between its commit and its anchor, so the database may be ahead.
    """
    if fault := fault_at_anchor(chain):
        logger.critical("a chain is not continued", extra={"chain": chain.value, "reason": fault})
        return False
    anchor = anchors.current(chain)
    if anchor is None:
        anchors.write(chain=chain, sequence=0, mac=macs.GENESIS, at=now)
        return True
    newest = Seal.objects.filter(chain=chain).order_by("-sequence").first()
    if newest is not None and newest.sequence > anchor.sequence:
        _anchor(newest)
    return True


def _mac_at(chain: str, sequence: int) -> str:
    """Return the MAC of a link that stands or was the last of a purged stretch; "" for neither."""
    if not sequence:
        return macs.GENESIS
    link = Seal.objects.filter(chain=chain, sequence=sequence).first()
    if link is not None:
        return link.mac
    tombstone = Tombstone.objects.filter(chain=chain, last_sequence=sequence).first()
    return tombstone.last_mac if tombstone else ""


def _anchor(link: Seal) -> None:
    anchors.write(chain=link.chain, sequence=link.sequence, mac=link.mac, at=link.sealed_at)


def _chain(chain: RetentionClass, events: list[Event], *, now: datetime) -> list[Seal]:
    sequence, previous = head(chain)
    links = []
    for event in events:
        sequence += 1
        link = Seal(
            chain=chain,
            sequence=sequence,
            event_uid=event.uid,
            event_mac=event.mac,
            previous_mac=previous,
            sealed_at=now,
        )
        link.mac = previous = macs.of_seal(link)
        links.append(link)
    return links


def _sealable(chain: RetentionClass, rows: list[Unsealed]) -> list[Event]:
    """Return the genuine events of some rows; set the other rows aside for verify_audit."""
    events = Event.objects.in_bulk([row.event_id for row in rows])
    uids = [event.uid for event in events.values()]
    sealed = set(Seal.objects.filter(event_uid__in=uids).values_list("event_uid", flat=True))
    sealable = [
        event
        for row in rows
        if (event := events.get(row.event_id))
        and event.uid not in sealed
        and event.chain == chain
        and compare_digest(event.mac, macs.of_event(event))
    ]
    strange = {row.event_id for row in rows} - {event.pk for event in sealable}
    if strange:
        Unsealed.objects.filter(event_id__in=strange).update(is_set_aside=True)
        logger.critical(
            "the queue holds what nobody wrote or what is sealed",
            extra={"event_ids": sorted(strange)},
        )
    return sealable


def _lock(chain: RetentionClass) -> bool:
    """Become the only sealer of a chain until the transaction ends; False when another one is."""
    if connection.vendor != "postgresql":
        return True  # the transaction began IMMEDIATE: it holds the only write lock there is
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, _LOCK_KEYS[chain]])
        (locked,) = cursor.fetchone()
    return bool(locked)


def _raise_alarm(*, now: datetime) -> None:
    age = oldest_unsealed_age(now=now)
    if age > ALARM_AFTER:
        logger.error("events wait unsealed", extra={"oldest_seconds": age.total_seconds()})
