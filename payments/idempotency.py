"""A key for each intent: whoever repeats a request under its key learns what it came to.

Two ways. `once` is for what happens in our own database: the key and its effect stand in one
transaction, so a second caller waits for the first and then reads its answer. `claim` is for what
needs the payment provider, which is never asked inside a transaction: the claim is committed first,
under a lease; whoever comes meanwhile is sent away, and whoever comes after the lease goes on with
the same row and repeats the same keys at the provider.

Only what has moved something keeps its key. A refusal leaves it free, so that the same key succeeds
once its cause is mended (draft-ietf-httpapi-idempotency-key-header, section 2.6).
"""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actor import Actor
from payments.errors import (
    IdempotencyKeyInUse,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
)
from payments.models import IdempotencyKey

# Visible ASCII; the provider takes 255 characters, too.
_SHAPE = re.compile(r"[\x21-\x7e]{1,255}")
# Three attempts of 5 seconds at the provider, the waits between them, and our own work.
LEASE = timedelta(seconds=60)
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request with its key. digest: SHA-256 of its canonical body, in hexadecimal digits."""

    key: str
    route: str
    digest: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What an operation came to. is_kept: whether something moved that must not move twice."""

    status: int
    body: Mapping[str, Any]
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: the status, and the body as JSON text, the same in every repetition."""

    status: int
    text: str
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a key until its lease ends.

    subject: the public id of the row that the first caller made.
    is_taken_over: whether somebody has worked on it before, and may have reached the provider.
    """

    pk: int
    token: str
    subject: str
    is_taken_over: bool


def keyed(key: str | None, *, route: str, body: object) -> Keyed:
    """Return a request with its key; raises IdempotencyKeyMissing and InvalidIdempotencyKey.

    route: method and address, without what differs between two requests of one kind.
    body: what the request says, as parsed JSON.
    """
    if key is None:
        raise IdempotencyKeyMissing
    if _SHAPE.fullmatch(key) is None:
        raise InvalidIdempotencyKey
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return Keyed(key, route, hashlib.sha256(canonical.encode()).hexdigest())


def once(request: Keyed, *, by: Actor, now: datetime, effect: Callable[[], Effect]) -> Answer:
    """Let something happen in one transaction with its key, or return what it came to before.

    Two at once: the second waits in the database until the first has ended.
    Raises what `effect` raises, and then nothing has happened and the key is free;
    IdempotencyKeyReused, IdempotencyKeyInUse.
    """
    with transaction.atomic():
        row = _inserted(request, by=by, now=now)
        if row is None:
            return _known(request, by=by)
        done = effect()
        answer = Answer(done.status, _text(done.body))
        if done.is_kept:
            _store(row.pk, row.holder, answer)
        else:
            row.delete()
        return answer


def claim(request: Keyed, *, by: Actor, now: datetime, begin: Callable[[], str]) -> Claim | Answer:
    """Take a key to work on it outside a transaction, or return its answer.

    begin: makes the row that is worked on and returns its public id; it runs in the transaction
    that commits the claim, for the first caller only.
    Raises what `begin` raises, IdempotencyKeyReused, and IdempotencyKeyInUse while another caller
    holds the lease. End a claim by `finish`, `release` or `hand_over`; a crash ends it by time.
    """
    with transaction.atomic():
        row = _inserted(request, by=by, now=now)
        if row is not None:
            row.subject = begin()
            row.save(update_fields=["subject"])
            return Claim(row.pk, row.holder, row.subject, is_taken_over=False)
        return _taken_over(request, by=by, now=now) or _known(request, by=by)


def finish(claimed: Claim, effect: Effect) -> Answer:
    """Keep the answer of a claim; it is replayed from now on.

    Raises IdempotencyKeyInUse when somebody else has taken it over meanwhile: they repeat the same
    keys at the provider and keep the answer.
    """
    answer = Answer(effect.status, _text(effect.body))
    if not _store(claimed.pk, claimed.token, answer):
        raise IdempotencyKeyInUse
    return answer


def release(claimed: Claim) -> bool:
    """Free the key because it is certain that nothing has moved; tell whether it was still ours."""
    return IdempotencyKey.objects.filter(pk=claimed.pk).held_with(claimed.token).delete()[0] == 1


def hand_over(claimed: Claim, *, now: datetime) -> bool:
    """End the lease because nobody knows whether something has moved: the next caller goes on."""
    held = IdempotencyKey.objects.filter(pk=claimed.pk).held_with(claimed.token)
    return held.update(lease_until=now) == 1


def purge(*, now: datetime, dry_run: bool) -> int:
    """Remove keys that were first used a day ago; return how many."""
    old = IdempotencyKey.objects.older_than(now - KEPT)
    return old.count() if dry_run else old.delete()[0]


@shared_task(name="payments.purge_idempotency_keys")
def purge_task() -> None:
    """Purge once an hour."""
    purge(now=timezone.now(), dry_run=False)


def _inserted(request: Keyed, *, by: Actor, now: datetime) -> IdempotencyKey | None:
    """Return the fresh row of a key, None when there is one already.

    While another transaction is about to commit the same key, the database waits for its end:
    PostgreSQL at the unique index, SQLite before the transaction begins.
    """
    row = IdempotencyKey(
        user=by.require_user(),
        organization=by.organization,
        key=request.key,
        route=request.route,
        digest=request.digest,
        holder=secrets.token_hex(16),
        lease_until=now + LEASE,
        created_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    return row


def _taken_over(request: Keyed, *, by: Actor, now: datetime) -> Claim | None:
    """Return a claim on a key whose holder is late; None when it is answered or held."""
    row = _row(request, by=by)
    token = secrets.token_hex(16)
    late = IdempotencyKey.objects.in_progress().filter(pk=row.pk, lease_until__lte=now)
    if not late.update(holder=token, lease_until=now + LEASE):
        return None
    return Claim(row.pk, token, row.subject, is_taken_over=True)


def _known(request: Keyed, *, by: Actor) -> Answer:
    """Return the stored answer of a key; raises IdempotencyKeyInUse when there is none yet."""
    row = _row(request, by=by)
    if row.status is None:
        raise IdempotencyKeyInUse
    return Answer(row.status, row.body, is_replayed=True)


def _row(request: Keyed, *, by: Actor) -> IdempotencyKey:
    """Return the row of a key; raises IdempotencyKeyReused when it was used for something else."""
    row = IdempotencyKey.objects.filter(user=by.require_user(), key=request.key).first()
    if row is None:  # released or purged a moment ago: the next attempt finds it free
        raise IdempotencyKeyInUse
    organization = by.organization.pk if by.organization else None
    bound_to = (row.organization_id, row.route, row.digest)
    if bound_to != (organization, request.route, request.digest):
        raise IdempotencyKeyReused
    return row


def _store(pk: int, token: str, answer: Answer) -> bool:
    held = IdempotencyKey.objects.filter(pk=pk).held_with(token)
    fields = {"status": answer.status, "body": answer.text, "holder": "", "lease_until": None}
    return held.update(**fields) == 1


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
