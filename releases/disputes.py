"""A seller contests a finding, staff answers once, and the answer is remembered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import row_limits
from accounts.actor import Actor
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from releases import cases, clearing, exceptions, notices, reasons
from releases.errors import (
    AlreadyDisputed,
    DisputeDecided,
    DisputeLimitReached,
    FormNotDisputable,
    InvalidDispute,
    NothingToDispute,
)
from releases.likeness import likeness
from releases.models import Cause, Dispute, DisputeState, Outcome, Release
from releases.models.dispute import STATEMENT_CHARACTERS
from releases.states import State
from scanning.models import Finding

_DAY = timedelta(days=1)
_ACTIONS = {
    DisputeState.ACCEPTED: Action.DISPUTE_ACCEPTED,
    DisputeState.REJECTED: Action.DISPUTE_REJECTED,
}


def shown_of(release: Release) -> QuerySet[Finding]:
    """Return the findings of a release that its seller is shown."""
    return Finding.objects.filter(report=release.report_id, is_enforced=True)


def contest(
    release: Release, finding: Finding, *, statement: str, by: Actor, now: datetime
) -> Dispute:
    """Ask a person to look at one finding that the seller was shown.

    Raises MissingScope, InvalidDispute, NothingToDispute, FormNotDisputable, AlreadyDisputed,
    DisputeLimitReached and Listing.DoesNotExist.
    """
    by.require_scope(Scope.SELL)
    said = _checked(statement)
    with transaction.atomic():
        release.lock_listing_of_seller()
        _refuse_pointless(release, finding)
        _refuse_flood(release, now=now)
        dispute = Dispute.objects.create(
            release=release,
            finding=finding,
            statement=said,
            opened_by=by.require_user(),
            opened_at=now,
        )
        cases.open_case(release, Cause.DISPUTE, now=now)
        _record(Action.DISPUTE_OPENED, dispute, by=by, now=now)
    return dispute


def accept(dispute: Dispute, *, reason: str, by: Actor, now: datetime) -> None:
    """Agree: the finding counts no longer, and what it alone has stopped goes on.

    Raises ReasonMissing, and DisputeDecided when somebody was faster.
    """
    reasons.require(reason)
    release = dispute.release
    with transaction.atomic():
        listing = release.lock_listing()
        _answer(dispute, DisputeState.ACCEPTED, reason=reason, by=by, now=now)
        exceptions.add(
            [dispute.finding], release=release, dispute=dispute, reason=reason, by=by, now=now
        )
        clearing.let_go(listing, reason=reason, by=by, now=now)
        _close_if_answered(release, reason=reason, by=by, now=now)
        notices.tell_answer(dispute)


def reject(dispute: Dispute, *, reason: str, by: Actor, now: datetime) -> None:
    """Disagree: the finding stands. Raises ReasonMissing and DisputeDecided."""
    reasons.require(reason)
    with transaction.atomic():
        dispute.release.lock_listing()
        _answer(dispute, DisputeState.REJECTED, reason=reason, by=by, now=now)
        _close_if_answered(dispute.release, reason=reason, by=by, now=now)
        notices.tell_answer(dispute)


def answer_all(
    release: Release, answer: DisputeState, *, reason: str, by: Actor, now: datetime
) -> None:
    """Answer every open dispute by a decision about the whole release, which tells the seller.

    The caller holds the listing.
    """
    for dispute in release.disputes.open().select_related("finding").order_by("pk"):
        _answer(dispute, answer, reason=reason, by=by, now=now)


def drop_moot(release: Release, findings: Iterable[Finding], *, now: datetime) -> None:
    """Close the open disputes of findings that a later scan no longer has, in the seller's favour.

    The caller holds the listing.
    """
    still = {likeness(each) for each in findings}
    reason = "The rules of today no longer find this."
    for dispute in release.disputes.open().select_related("finding"):
        if likeness(dispute.finding) not in still:
            _answer(dispute, DisputeState.ACCEPTED, reason=reason, by=Actor.system(), now=now)
    _close_if_answered(release, reason=reason, by=Actor.system(), now=now)


def _checked(statement: str) -> str:
    said = statement.strip()
    if not said:
        raise InvalidDispute("statement", "Say why the finding is wrong.")
    if len(said) > STATEMENT_CHARACTERS:
        raise InvalidDispute("statement", f"Use at most {STATEMENT_CHARACTERS} characters.")
    return said


def _refuse_pointless(release: Release, finding: Finding) -> None:
    release.refresh_from_db(fields=["state", "report"])
    is_shown = finding.is_enforced and finding.report_id == release.report_id
    is_final = release.state == State.REVOKED
    if not is_shown or is_final or not exceptions.counting(release.listing, [finding]):
        raise NothingToDispute
    if exceptions.key_of(finding) is None:
        raise FormNotDisputable
    known = release.disputes.select_related("finding")
    if likeness(finding) in {likeness(each.finding) for each in known}:
        raise AlreadyDisputed


def _refuse_flood(release: Release, *, now: datetime) -> None:
    """Hold a release to its disputes of a day, counted in rows under the listing's lock."""
    opened, most = release.disputes.all(), settings.DISPUTES_A_DAY
    wait = row_limits.wait_for(opened, "opened_at", most=most, window=_DAY, now=now)
    if wait is not None:
        raise DisputeLimitReached(wait)


def _answer(
    dispute: Dispute, answer: DisputeState, *, reason: str, by: Actor, now: datetime
) -> None:
    changes = {"state": answer, "decided_by": by.user, "decided_at": now, "reason": reason}
    if Dispute.objects.open().filter(pk=dispute.pk).update(**changes) != 1:
        raise DisputeDecided
    for name, value in changes.items():
        setattr(dispute, name, value)
    _record(_ACTIONS[answer], dispute, by=by, now=now)


def _close_if_answered(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Close a case that was opened by disputes alone, once none is left."""
    case = cases.current(release)
    if case and case.cause == Cause.DISPUTE and not release.disputes.open().exists():
        cases.close_case(release, Outcome.ANSWERED, reason=reason, by=by, now=now)


def _record(action: Action, dispute: Dispute, *, by: Actor, now: datetime) -> None:
    data = {"release": dispute.release.public_id, "finding": dispute.finding.public_id}
    record(action, by=by.who, now=now, subject=dispute.subject, data=data)
