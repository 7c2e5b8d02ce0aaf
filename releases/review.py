"""What staff decides about a release; every decision has a reason that its seller may read.

Who lets a release pass has looked at its findings: they are excepted, so that no later scan
repeats them. Open disputes are answered with it, and its case is closed.
"""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from releases import (
    cases,
    clearing,
    disputes,
    doubts,
    exceptions,
    handovers,
    moves,
    notices,
    publishing,
    reasons,
    revocation,
    storage,
    vetting,
)
from releases.errors import CaseClosed, ExceptionWithdrawn, WrongState
from releases.models import Cause, DisputeState, FindingException, Outcome, Release
from releases.states import INSTALLABLE, State
from scanning.verdicts import Verdict

_HELD = frozenset({State.HELD})
_LIVE = INSTALLABLE | {State.ACCEPTED}


def accept(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a held release through; it is published at once if its seller has asked for that.

    Raises ReasonMissing, and WrongState also for one whose scan never ended: there is nothing to
    accept, only to examine again.
    """
    reasons.require(reason)
    if not hasattr(release, "artifact"):
        raise WrongState(state=State(release.state), wanted=State.ACCEPTED)
    with transaction.atomic():
        release.lock_listing()
        excepted = _let_pass(release, reason=reason, by=by, now=now)
        clearing.accept(release, reason=reason, by=by, now=now, excepted=excepted)
        handovers.vouch(release, by=by, now=now)


def clear(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Find that what a later scan has found is nothing; the release stays where it is.

    Raises ReasonMissing, WrongState where it was stopped as well, and CaseClosed when there is no
    such case any more.
    """
    reasons.require(reason)
    if release.state not in INSTALLABLE:
        raise WrongState(state=State(release.state), wanted=State.PUBLISHED)
    with transaction.atomic():
        release.lock_listing()
        case = cases.current(release)
        if case is None or case.cause != Cause.RESCAN:
            raise CaseClosed
        excepted = _let_pass(release, reason=reason, by=by, now=now)
        cases.close_case(release, Outcome.CLEARED, reason=reason, by=by, now=now)
        data = {"excepted": excepted}
        record(Action.RELEASE_CLEARED, by=by.who, now=now, subject=release.subject, data=data)
        notices.tell_seller(release)


def reject(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Refuse a held release; its version is free again. Raises ReasonMissing and WrongState."""
    reasons.require(reason)
    upload_key = release.upload_key
    with transaction.atomic():
        release.lock_listing()
        moves.move(
            release,
            State.REJECTED,
            leaving=_HELD,
            by=by,
            now=now,
            reason=reason,
            changes={"upload_key": ""},
        )
        disputes.answer_all(release, DisputeState.REJECTED, reason=reason, by=by, now=now)
        cases.close_case(release, Outcome.REJECTED, reason=reason, by=by, now=now)
        notices.tell_seller(release)
        if upload_key:
            transaction.on_commit(lambda: storage.drop_upload(upload_key), robust=True)


def examine_again(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Send a release back whose scan did not end. Raises ReasonMissing and WrongState."""
    reasons.require(reason)
    if not release.upload_key:
        raise WrongState(state=State(release.state), wanted=State.UPLOADED)
    with transaction.atomic():
        release.lock_listing()
        changes = {"attempts": 0, "problem": "", "lease_until": now + vetting.MESSAGE_TIME}
        moves.move(
            release,
            State.UPLOADED,
            leaving=_HELD,
            by=by,
            now=now,
            reason=reason,
            changes=changes,
        )
        cases.close_case(release, Outcome.EXAMINED_AGAIN, reason=reason, by=by, now=now)
        vetting.vet_on_commit(release)


def suspend(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Stop a release at once, for everybody. Raises ReasonMissing and WrongState."""
    reasons.require(reason)
    with transaction.atomic():
        listing = release.lock_listing()
        moves.move(release, State.SUSPENDED, leaving=INSTALLABLE, by=by, now=now, reason=reason)
        cases.close_case(release, Outcome.SUSPENDED, reason=reason, by=by, now=now)
        publishing.tell_listing(listing, now=now)
        notices.tell_seller(release)


def uphold(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Leave a release stopped that a scan has stopped; its case is closed, its disputes rejected.

    Raises ReasonMissing, and CaseClosed when there is no such case any more.
    """
    reasons.require(reason)
    with transaction.atomic():
        release.lock_listing()
        release.refresh_from_db(fields=["state"])
        case = cases.current(release)
        if release.state != State.SUSPENDED or case is None or case.cause != Cause.RESCAN:
            raise CaseClosed
        disputes.answer_all(release, DisputeState.REJECTED, reason=reason, by=by, now=now)
        cases.close_case(release, Outcome.SUSPENDED, reason=reason, by=by, now=now)
        record(Action.RELEASE_UPHELD, by=by.who, now=now, subject=release.subject)
        notices.tell_seller(release)


def restore(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a suspended release go back to where it was.

    Raises ReasonMissing, WrongState, and RevocationWaiting when somebody has asked for worse.
    """
    reasons.require(reason)
    with transaction.atomic():
        release.lock_listing()
        revocation.refuse_while_waiting(release)
        excepted = _let_pass(release, reason=reason, by=by, now=now)
        clearing.bring_back(release, reason=reason, by=by, now=now, excepted=excepted)
        cases.close_case(release, Outcome.CLEARED, reason=reason, by=by, now=now)
        notices.tell_seller(release)


def withdraw_exception(
    exception: FindingException, *, reason: str, by: Actor, now: datetime
) -> None:
    """Let a finding count again, from now on; live releases that it speaks against are flagged.

    Raises ReasonMissing, and ExceptionWithdrawn when somebody was faster.
    """
    reasons.require(reason)
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=exception.listing_id)
        standing = FindingException.objects.standing().filter(pk=exception.pk)
        changes = {"withdrawn_at": now, "withdrawn_by": by.require_user()}
        if standing.update(withdrawal_reason=reason, **changes) != 1:
            raise ExceptionWithdrawn
        data = {"rule": exception.rule, "fileSha256": exception.file_sha256}
        subject = f"listing:{listing.public_id}"
        record(Action.EXCEPTION_WITHDRAWN, by=by.who, now=now, subject=subject, data=data)
        for release in _met_by(exception):
            if exceptions.verdict(release) is not Verdict.PASSED:
                doubts.flag(release, now=now)


def _met_by(exception: FindingException) -> list[Release]:
    """Return the live releases that have what an exception was about."""
    live = Release.objects.filter(listing=exception.listing_id, state__in=list(_LIVE))
    same = live.filter(report__findings__rule=exception.rule).distinct()
    key = (exception.file_sha256, exception.rule)
    found = same.with_listing().select_related("report").order_by("pk")
    return [each for each in found if key in exceptions.keys_of(each)]


def _let_pass(release: Release, *, reason: str, by: Actor, now: datetime) -> int:
    """Except whatever speaks against a release, and agree with whoever contests it."""
    found = exceptions.grave(release)
    disputes.answer_all(release, DisputeState.ACCEPTED, reason=reason, by=by, now=now)
    return exceptions.add(found, release=release, reason=reason, by=by, now=now)
