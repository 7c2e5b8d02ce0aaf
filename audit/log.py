"""The one way into the trail."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from audit import macs, storable
from audit.actions import Action
from audit.models import Event, PersonalData
from audit.who import Who

USER_AGENT_LENGTH = 300


def record(
    action: Action,
    *,
    by: Who,
    now: datetime,
    subject: str = "",
    data: Mapping[str, object] | None = None,
    name: str = "",
    email: str = "",
) -> Event:
    """Write an event inside the caller's transaction: two INSERTs, no lock that others wait for.

    subject: `kind:opaque_id` of what was acted on.
    data: JSON facts; never a name, an address, a secret.
    name, email: personal data of the actor, kept beside the event and erasable.
    Raises TransactionManagementError outside a transaction: an event and its change stand together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "an audit event needs its change's transaction"
        )
    event = Event(
        chain=action.retention_class,
        action=action,
        at=now,
        actor_kind=by.kind,
        actor_id=by.user_id,
        credential_id=by.credential_id,
        organization_id=by.organization_id,
        subject=storable.text(subject, longest=80),
        request_id=storable.text(by.origin.request_id, longest=64),
        data=macs.canonical(storable.facts(data or {})),
    )
    event.mac = macs.of_event(event)
    event.save(force_insert=True)
    _keep_personal_data(event, by=by, name=name, email=email)
    return event


def _keep_personal_data(event: Event, *, by: Who, name: str, email: str) -> None:
    if not (by.origin.ip or by.origin.user_agent or name or email):
        return
    PersonalData.objects.create(
        event_uid=event.uid,
        at=event.at,
        user_id=by.user_id,
        ip=storable.text(by.origin.ip, longest=45),
        user_agent=storable.text(by.origin.user_agent, longest=USER_AGENT_LENGTH),
        name=storable.text(name, longest=80),
        email=storable.text(email, longest=254),
    )
