"""Web sessions: each acts through an internal credential, and ends with it."""

from dataclasses import dataclass
from datetime import datetime

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts import tokens
from accounts.actor import Actor
from accounts.models import Credential, CredentialKind, User, WebSession
from audit.actions import Action
from audit.log import record
from audit.who import Origin


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows a purge removes or would remove."""

    browser_sessions: int
    credentials: int


@transaction.atomic
def begin(
    user: User, *, provider: str, second_factor: str = "", origin: Origin, now: datetime
) -> WebSession:
    """Open a session for a user whom `provider` vouches for, with its credential."""
    credential = tokens.issue_internal(user, now=now)
    web_session = WebSession.objects.create(
        credential=credential, ip=origin.ip[:45], user_agent=origin.user_agent[:300]
    )
    record(
        Action.SIGN_IN_SUCCEEDED,
        by=Actor.of(credential, origin=origin).who,
        now=now,
        subject=f"credential:{credential.public_id}",
        data={"provider": provider} | ({"second_factor": second_factor} if second_factor else {}),
        name=user.username,
        email=user.email,
    )
    return web_session


def credential_of(public_id: str, *, now: datetime) -> Credential | None:
    """Return the live internal credential a session holds, with all an actor needs: one query."""
    return (
        Credential.objects.with_actor()
        .with_choice()
        .live(now=now)
        .filter(
            public_id=public_id,
            kind=CredentialKind.INTERNAL,
            last_used_at__gt=now - settings.SESSION_IDLE_LIFETIME,
        )
        .first()
    )


@transaction.atomic
def sign_out(*, by: Actor, now: datetime) -> None:
    """End the session that acts; doing it twice changes nothing."""
    assert by.credential is not None
    ended = Credential.objects.filter(pk=by.credential.pk, revoked_at__isnull=True)
    if ended.update(revoked_at=now):
        record(Action.SIGN_OUT, by=by.who, now=now, subject=f"credential:{by.credential.public_id}")


def end(web_session: WebSession, *, by: Actor, now: datetime) -> None:
    """End one session of the acting user, wherever its browser is."""
    tokens.revoke(web_session.credential, by=by, now=now)


@transaction.atomic
def end_others(*, by: Actor, now: datetime) -> int:
    """End every session of the acting user but the one that acts; return how many."""
    user = by.require_user()
    others = WebSession.objects.listed_for(user, now=now).exclude(credential=by.credential)
    return sum(tokens.revoke(other.credential, by=by, now=now) for other in others)


@transaction.atomic
def purge(*, now: datetime, dry_run: bool) -> Purged:
    """Remove expired browser sessions, and dead web sessions with their internal credentials.

    The audit trail keeps their opaque ids.
    """
    expired = Session.objects.filter(expire_date__lt=now)
    dead = WebSession.objects.dead(now=now)
    credentials = list(dead.values_list("credential_id", flat=True))
    purged = Purged(browser_sessions=expired.count(), credentials=len(credentials))
    if not dry_run:
        expired.delete()
        dead.delete()
        Credential.objects.filter(pk__in=credentials, kind=CredentialKind.INTERNAL).delete()
    return purged


@shared_task(name="accounts.purge_sessions")
def purge_task() -> None:
    """Purge once a day."""
    purge(now=timezone.now(), dry_run=False)
