"""Purge what was kept long enough: whole stretches of a chain, each leaving a signed tombstone."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from itertools import takewhile

from celery import shared_task
from django.db import connections, transaction
from django.utils import timezone

from audit import macs
from audit.actions import RetentionClass
from audit.models import Event, PersonalData, Seal, Tombstone

logger = logging.getLogger(__name__)

# Long stretches go piece by piece, so that no transaction grows without bound.
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Links of one chain that are due, from its present beginning on."""

    chain: str
    first: Seal
    last: Seal


def database() -> str:
    """Return the alias that may purge: the owner where there are two roles."""
    return "owner" if "owner" in connections.databases else "default"


def count_due(chain: RetentionClass, *, now: datetime) -> int:
    """Return how many events of a chain are older than its retention."""
    due = Seal.objects.using(database()).filter(chain=chain, sealed_at__lt=now - chain.kept_for)
    return due.count()


def purge(chain: RetentionClass, *, now: datetime) -> int:
    """Purge what is due in a chain; return how many events went."""
    purged = 0
    while stretch := _due_stretch(chain, now=now):
        purged += _purge_stretch(stretch, now=now)
    return purged


@shared_task(name="audit.purge")
def purge_task() -> int:
    """Purge every chain."""
    return sum(purge(chain, now=timezone.now()) for chain in RetentionClass)


def _due_stretch(chain: RetentionClass, *, now: datetime) -> Stretch | None:
    """Return the next stretch that is due, if it is what the sealer sealed.

    A purge destroys the evidence and signs that nothing is missing, so it takes only what holds:
    else whoever moves the times of links, which their MACs cover, would have it do their work.
    """
    using = database()
    oldest = list(Seal.objects.using(using).filter(chain=chain).order_by("sequence")[:_BATCH])
    due = list(takewhile(lambda link: link.sealed_at < now - chain.kept_for, oldest))
    if not due:
        return None
    if fault := _fault_in(chain, due):
        logger.critical(
            "a purge met what does not hold and left it",
            extra={"chain": chain.value, "reason": fault},
        )
        return None
    return Stretch(chain, due[0], due[-1])


def _fault_in(chain: RetentionClass, links: list[Seal]) -> str:
    """Return what is wrong with a stretch that begins where the chain begins now; "" if nothing."""
    using = database()
    sequence, mac = 0, macs.GENESIS
    buried = Tombstone.objects.using(using).filter(chain=chain).order_by("last_sequence").last()
    if buried is not None:
        if not compare_digest(buried.mac, macs.of_tombstone(buried)):
            return "the tombstone before it was changed"
        sequence, mac = buried.last_sequence, buried.last_mac
    uids = [link.event_uid for link in links]
    events = {event.uid: event for event in Event.objects.using(using).filter(uid__in=uids)}
    for link in links:
        sequence += 1
        if link.sequence != sequence or not compare_digest(link.previous_mac, mac):
            return f"link {link.sequence} does not follow the one before it"
        if not compare_digest(link.mac, macs.of_seal(link)):
            return f"link {link.sequence} was changed"
        event = events.get(link.event_uid)
        if event is None or not _is_sealed_by(event, link):
            return f"the event of link {link.sequence} was changed or deleted"
        mac = link.mac
    return ""


def _is_sealed_by(event: Event, link: Seal) -> bool:
    is_genuine = compare_digest(event.mac, macs.of_event(event))
    return is_genuine and event.chain == link.chain and compare_digest(event.mac, link.event_mac)


def _purge_stretch(stretch: Stretch, *, now: datetime) -> int:
    using = database()
    links = Seal.objects.using(using).filter(
        chain=stretch.chain,
        sequence__range=(stretch.first.sequence, stretch.last.sequence),
    )
    uids = list(links.values_list("event_uid", flat=True))
    tombstone = Tombstone(
        chain=stretch.chain,
        first_sequence=stretch.first.sequence,
        last_sequence=stretch.last.sequence,
        first_previous_mac=stretch.first.previous_mac,
        last_mac=stretch.last.mac,
        purged_at=now,
    )
    tombstone.mac = macs.of_tombstone(tombstone)
    with transaction.atomic(using=using):
        tombstone.save(using=using, force_insert=True)
        # The triggers let an event go while its seal shows that a tombstone covers it.
        PersonalData.objects.using(using).filter(event_uid__in=uids).delete()
        Event.objects.using(using).filter(uid__in=uids).delete()
        links.delete()
    return len(uids)
