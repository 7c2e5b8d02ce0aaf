"""Refusals, recorded even though what they refused was rolled back, and without letting a flood in.

Each refusal adds to a tally per kind, source and minute; a closed minute becomes one event with its
count, so that an attacker can fill neither the trail nor the disk.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from audit import macs, storable
from audit.actions import Action
from audit.log import USER_AGENT_LENGTH, record
from audit.models import RefusalTally
from audit.who import ActorKind, Origin, Who

_UPSERT = """
    INSERT INTO audit_refusaltally
        (action, source, minute, data, count, actor_kind, actor_id, user_agent)
    VALUES (%s, %s, %s, %s, 1, %s, %s, %s)
    ON CONFLICT (action, source, minute, data)
    DO UPDATE SET count = audit_refusaltally.count + 1
"""


def record_refusal(
    action: Action,
    *,
    by: Who,
    now: datetime,
    source: str,
    data: Mapping[str, object] | None = None,
) -> None:
    """Count a refusal in a transaction of its own.

    source: where it came from, such as an address; personal data, kept beside the event only.
    data: what kind of refusal, from a small set: each value is tallied apart; at most 300 bytes.
    Raises RuntimeError inside a transaction, whose rollback would swallow the record.
    """
    minute = now.replace(second=0, microsecond=0)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            _UPSERT,
            [
                action.value,
                storable.text(source, longest=80),
                connection.ops.adapt_datetimefield_value(minute),
                macs.canonical(storable.facts(data or {})),
                by.kind.value,
                by.user_id,
                storable.text(by.origin.user_agent, longest=USER_AGENT_LENGTH),
            ],
        )


def flush_refusals(*, now: datetime) -> int:
    """Turn each tally of a minute that is over into one event; return how many there were."""
    closed = now.replace(second=0, microsecond=0)
    flushed = 0
    for pk in RefusalTally.objects.filter(minute__lt=closed).values_list("pk", flat=True)[:1000]:
        flushed += _flush(pk, now=now)
    return flushed


@shared_task(name="audit.flush_refusals")
def flush_refusals_task() -> int:
    """Flush closed minutes."""
    return flush_refusals(now=timezone.now())


@transaction.atomic
def _flush(pk: int, *, now: datetime) -> int:
    tally = RefusalTally.objects.select_for_update().filter(pk=pk).first()
    if tally is None:  # another worker was faster
        return 0
    tally.delete()
    origin = Origin(ip=tally.source[:45], user_agent=tally.user_agent)
    record(
        Action(tally.action),
        by=Who(kind=ActorKind(tally.actor_kind), user_id=tally.actor_id, origin=origin),
        now=now,
        data={
            "count": tally.count,
            "minute": tally.minute.strftime("%Y-%m-%dT%H:%MZ"),
            "refusal": json.loads(tally.data),
        },
    )
    return 1
