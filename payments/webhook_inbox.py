"""What the provider tells us: verified, kept once, answered at once, applied by a worker.

An event only says where to look. Whoever applies it asks the provider how the object stands now, so
that order, repetition and age of events do not matter, and nothing in their bodies is believed.
"""

import logging
import secrets
from datetime import datetime, timedelta

from celery import shared_task
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from audit.refusals import record_refusal
from payments import settlement, stripe_port
from payments.errors import EventBusy
from payments.models import EventState, ProviderEvent
from payments.models.provider_event import ID_LENGTH, TYPE_LENGTH
from payments.stripe_port import (
    Event,
    OutcomeUnknown,
    ProviderBusy,
    ProviderRefused,
    WebhookRefused,
)

log = logging.getLogger("mog.payments")

# Events are a few kilobytes; the largest carry an object with all that hangs on it.
BODY_BYTES = 512 * 1024
# Longer than one look at the provider may take: three attempts of 5 seconds and the waits between.
_LEASE = timedelta(seconds=60)
# A message that has not been taken up after this is sent again.
_MESSAGE_TIME = timedelta(seconds=10)
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=4)
# Over about a day; then a person looks, and replays it.
_ATTEMPTS = 16
_AT_ONCE = 500


def receive(body: bytes, signature: str, *, by: Actor, now: datetime) -> ProviderEvent:
    """Keep an event that is the provider's own, once, and have it applied; return its row.

    body: as it came, byte for byte. Raises WebhookRefused, which stands in the audit trail,
    RequestDataTooBig and ProviderNotConfigured.
    """
    if len(body) > BODY_BYTES:
        raise RequestDataTooBig
    try:
        event = stripe_port.verify(body, signature)
        _require_storable(event)
    except WebhookRefused as refusal:
        data = {"reason": refusal.reason}
        source = by.origin.ip
        record_refusal(Action.WEBHOOK_REFUSED, by=by.who, now=now, source=source, data=data)
        raise
    return _keep(event, body, now=now)


def replay(event: ProviderEvent, *, by: Actor, now: datetime) -> None:
    """Have an event applied once more; raises EventBusy while a worker is at it."""
    with transaction.atomic():
        if not event.reopen(now=now):
            raise EventBusy
        record(Action.EVENT_REPLAYED, by=by.who, now=now, subject=event.subject)
        _send_on_commit(event)


@shared_task(name="payments.apply_event")
def apply_event(pk: int) -> None:
    """Apply one event now."""
    apply(pk, now=timezone.now())


def apply(pk: int, *, now: datetime) -> None:
    """Apply one event, unless another worker does or has done it."""
    event = ProviderEvent.objects.filter(pk=pk).first()
    token = secrets.token_hex(16)
    if event is None or not event.claim(token, lease=_LEASE, now=now):
        return
    event.refresh_from_db()
    try:
        is_ours = _apply(event, now=now)
    except Exception as error:  # noqa: BLE001 (whatever it is, the event stays and says it)
        _not_applied(event, token, error, now=now)
    else:
        state = EventState.APPLIED if is_ours else EventState.IGNORED
        event.end(token, state, now=now)


@shared_task(name="payments.sweep_events")
def sweep() -> int:
    """Send again what nobody took up: a lost message, a killed worker, a provider that was away."""
    waiting = ProviderEvent.objects.unattended(now=timezone.now()).order_by("due_at")
    keys = list(waiting.values_list("pk", flat=True)[:_AT_ONCE])
    for pk in keys:
        apply_event.delay(pk)
    return len(keys)


def _require_storable(event: Event) -> None:
    """Raise WebhookRefused for ids and names that no provider writes and no column takes."""
    names = (event.type, event.object_kind)
    ids = (event.id, event.object_id, event.account_id or "")
    is_short = all(len(name) <= TYPE_LENGTH for name in names) and all(
        len(each) <= ID_LENGTH for each in ids
    )
    is_plain = all(text.isascii() and text.isprintable() for text in (*names, *ids))
    if not (event.id and is_short and is_plain):
        raise WebhookRefused("the body is no event", reason="no_event")


@transaction.atomic
def _keep(event: Event, body: bytes, *, now: datetime) -> ProviderEvent:
    facts = {
        "type": event.type,
        "api_version": str(event.payload.get("api_version") or "")[:TYPE_LENGTH],
        "object_kind": event.object_kind,
        "object_id": event.object_id,
        "account_id": event.account_id or "",
        "body": body.decode(),
        "happened_at": event.created_at,
        "received_at": now,
        "due_at": now + _MESSAGE_TIME,
    }
    # Two at once make one: the id is unique, and the loser reads the winner's.
    kept, is_new = ProviderEvent.objects.get_or_create(event_id=event.id, defaults=facts)
    if is_new:
        _send_on_commit(kept)
    return kept


def _send_on_commit(event: ProviderEvent) -> None:
    transaction.on_commit(lambda: apply_event.delay(event.pk), robust=True)


def _apply(event: ProviderEvent, *, now: datetime) -> bool:
    """Tell whether the event was about anything of ours."""
    if event.account_id and event.object_kind != "account":
        return False  # a seller's own business with the provider
    return settlement.settle(event.object_kind, event.object_id, now=now)


def _not_applied(event: ProviderEvent, token: str, error: Exception, *, now: datetime) -> None:
    said = f"{type(error).__name__}: {error}"
    is_passing = isinstance(error, ProviderBusy | OutcomeUnknown)
    if event.attempts >= _ATTEMPTS or isinstance(error, ProviderRefused):
        log.error("event %s is given up: %s", event.event_id, said)
        event.end(token, EventState.FAILED, error=said, now=now)
        return
    level = logging.WARNING if is_passing else logging.ERROR
    log.log(level, "event %s is applied later: %s", event.event_id, said, exc_info=not is_passing)
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (event.attempts - 1))
    event.postpone(token, error=said, due_at=now + wait)
