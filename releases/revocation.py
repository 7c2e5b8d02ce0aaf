"""Take a release out for good: one member of staff asks, another confirms, anybody may decline.

It is stopped with the request; nothing brings it back while that waits.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from releases import cases, disputes, moves, notices, publishing, reasons, revocation_mail
from releases.errors import (
    RevocationEnded,
    RevocationWaiting,
    SecondPersonNeeded,
    WrongState,
)
from releases.models import Cause, DisputeState, Outcome, Release, Revocation
from releases.states import INSTALLABLE, MOVES, State

_REVOCABLE = frozenset(state for state, following in MOVES.items() if State.REVOKED in following)


def request(release: Release, *, reason: str, by: Actor, now: datetime) -> Revocation:
    """Ask that a release be taken out for good, and stop it at once, for everybody.

    reason: its seller and its buyers read it. Raises ReasonMissing, WrongState for what was never
    on the shelf or is out already, and RevocationWaiting when somebody has asked before.
    """
    reasons.require(reason)
    with transaction.atomic():
        listing = release.lock_listing()
        release.refresh_from_db(fields=["state"])
        if State(release.state) not in _REVOCABLE:
            raise WrongState(state=State(release.state), wanted=State.REVOKED)
        revocation = _ask(release, reason=reason, by=by, now=now)
        record(Action.REVOCATION_REQUESTED, by=by.who, now=now, subject=release.subject)
        if State(release.state) in INSTALLABLE:
            moves.move(release, State.SUSPENDED, leaving=INSTALLABLE, by=by, now=now, reason=reason)
            publishing.tell_listing(listing, now=now)
            notices.tell_seller(release)
        _close_doubt(release, reason=reason, by=by, now=now)
    return revocation


def confirm(revocation: Revocation, *, by: Actor, now: datetime) -> None:
    """Take it out, as somebody else has asked: final, and every buyer is told.

    Raises SecondPersonNeeded, and RevocationEnded when somebody was faster.
    """
    user, release = by.require_user(), revocation.release
    if user.pk == revocation.requested_by_id:
        raise SecondPersonNeeded
    with transaction.atomic():
        listing = release.lock_listing()
        release.refresh_from_db(fields=["state"])
        _end(revocation, confirmed_by=user, confirmed_at=now)
        moves.move(
            release,
            State.REVOKED,
            leaving=_REVOCABLE,
            by=by,
            now=now,
            reason=revocation.reason,
            facts={"requestedBy": revocation.requested_by.public_id},
        )
        _settle(revocation, by=by, now=now)
        publishing.tell_listing(listing, now=now)
        notices.tell_seller(release)
        revocation_mail.tell_on_commit(revocation)


def decline(revocation: Revocation, *, reason: str, by: Actor, now: datetime) -> None:
    """Do not take it out; it stays stopped until somebody restores it.

    Whoever asked may take that back so. Raises ReasonMissing and RevocationEnded.
    """
    reasons.require(reason)
    release = revocation.release
    with transaction.atomic():
        release.lock_listing()
        _end(revocation, declined_by=by.require_user(), declined_at=now, answer=reason)
        record(Action.REVOCATION_DECLINED, by=by.who, now=now, subject=release.subject)


def refuse_while_waiting(release: Release) -> None:
    """Raise RevocationWaiting when somebody has asked that a release be taken out for good."""
    if release.revocations.waiting().exists():
        raise RevocationWaiting


def _close_doubt(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Close what a later scan had opened: a person has looked, and stopped the release."""
    case = cases.current(release)
    if case and case.cause == Cause.RESCAN:
        cases.close_case(release, Outcome.SUSPENDED, reason=reason, by=by, now=now)


def _ask(release: Release, *, reason: str, by: Actor, now: datetime) -> Revocation:
    try:
        with transaction.atomic():
            return Revocation.objects.create(
                release=release, reason=reason, requested_by=by.require_user(), requested_at=now
            )
    except IntegrityError as error:
        raise RevocationWaiting from error


def _end(revocation: Revocation, **changes: object) -> None:
    """Confirm or decline, if nobody has done either."""
    if Revocation.objects.waiting().filter(pk=revocation.pk).update(**changes) != 1:
        raise RevocationEnded
    for name, value in changes.items():
        setattr(revocation, name, value)


def _settle(revocation: Revocation, *, by: Actor, now: datetime) -> None:
    """Close whatever still waits about a release that is out."""
    release, reason = revocation.release, revocation.reason
    disputes.answer_all(release, DisputeState.REJECTED, reason=reason, by=by, now=now)
    cases.close_case(release, Outcome.REVOKED, reason=reason, by=by, now=now)
