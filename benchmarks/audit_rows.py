"""The writing and sealing processes of `benchmarks.audit_writers`, which starts them."""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import django

django.setup()

# The models exist once Django is set up.
from django.db import connection, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from audit import macs  # noqa: E402
from audit.actions import Action  # noqa: E402
from audit.log import record  # noqa: E402
from audit.models import Event, Unsealed  # noqa: E402
from audit.sealer import seal  # noqa: E402
from audit.verify import verify  # noqa: E402
from audit.who import ActorKind, Who  # noqa: E402

_SEAL_SECONDS = 1.0
_BY = Who(kind=ActorKind.USER, user_id="usr_" + "a" * 20, credential_id="tok_" + "a" * 20)
_SUBJECT = "credential:tok_" + "b" * 20
_DATA = {"kind": "personal", "scope": "download purchase read"}


class PlainRow(models.Model):
    """A row of the same columns and indexes without trigger, signature and chain."""

    class Meta:
        app_label = "audit"
        managed = False
        db_table = "bench_plain"


for _field in Event._meta.local_concrete_fields:
    if not _field.primary_key:
        PlainRow.add_to_class(_field.name, _field.clone())


def write_event(now: datetime) -> None:
    """Write an audit event as every operation does."""
    with transaction.atomic():
        record(Action.TOKEN_ISSUED, by=_BY, now=now, subject=_SUBJECT, data=_DATA)


def write_plain(now: datetime) -> None:
    """Write a row of the same size."""
    with transaction.atomic():
        _insert_plain(now)


def write_behind_a_lock(now: datetime) -> None:
    """Write a row of the same size as a chain in the write path would: one writer at a time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(1)")
        _insert_plain(now)


def write_for(kind: str, *, writers: int, seconds: float) -> float:
    """Let processes write at once; return how many rows a second they wrote together."""
    # Forked before any connection is open, so that none is shared.
    processes = multiprocessing.get_context("fork")
    start, counts = processes.Barrier(writers), processes.Queue()
    running = [
        processes.Process(target=_write, args=(_KINDS[kind], seconds, start, counts))
        for _ in range(writers)
    ]
    for process in running:
        process.start()
    total = sum(counts.get() for _ in running)
    for process in running:
        process.join()
    return float(total / seconds)


def seal_for_ever() -> None:
    """Seal once a second, as the worker does."""
    while True:
        seal(now=timezone.now())
        time.sleep(_SEAL_SECONDS)


def check() -> str:
    """Say what the search for faults says."""
    faults = list(verify())
    waiting = Unsealed.objects.count()
    return f"{Event.objects.count()} events, {waiting} unsealed, {len(faults)} faults"


def _insert_plain(now: datetime) -> None:
    PlainRow(
        uid=Event().uid,
        chain="security",
        action=Action.TOKEN_ISSUED,
        at=now,
        actor_kind=_BY.kind,
        actor_id=_BY.user_id,
        credential_id=_BY.credential_id,
        subject=_SUBJECT,
        data=macs.canonical(_DATA),
        mac=macs.GENESIS,
    ).save(force_insert=True)


def _write(
    act: Callable[[datetime], None], seconds: float, start: Barrier, counts: "Queue[int]"
) -> None:
    connection.ensure_connection()
    start.wait()
    written, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        act(timezone.now())
        written += 1
    counts.put(written)


_KINDS = {
    "event": write_event,
    "unsealed": write_event,
    "plain": write_plain,
    "locked": write_behind_a_lock,
}


def _main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("act", choices=[*_KINDS, "seal", "drain", "check"])
    arguments.add_argument("--writers", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=10.0)
    options = arguments.parse_args()
    if options.act == "seal":
        seal_for_ever()
    elif options.act == "drain":
        seal(now=timezone.now())
    elif options.act == "check":
        sys.stdout.write(check())
    else:
        rate = write_for(options.act, writers=options.writers, seconds=options.seconds)
        sys.stdout.write(f"{rate:.1f}")


if __name__ == "__main__":
    _main()
