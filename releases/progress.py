"""What a seller is told of how a release stands: the same words on pages, in JSON, by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from releases import shown_findings
from releases.models import (
    Case,
    Cause,
    Dispute,
    Outcome,
    Release,
    ReleaseQuerySet,
    RescanCampaign,
)
from releases.shown_findings import ShownFinding, Weight
from releases.states import INSTALLABLE, RESCANNABLE, State
from scanning import ruleset
from scanning.models import Finding

_STATES = {
    State.UPLOADED: ("Waiting for its scan", "It is in line; a scan takes a second or two."),
    State.SCANNING: ("Being scanned", "We are reading every file. This takes a second or two."),
    State.ACCEPTED: (
        "Accepted",
        "The scan found nothing that stops it. Publish it when you are ready.",
    ),
    State.HELD: (
        "Held for review",
        "A person looks at it before it can be published. You need not do anything: you get an"
        " e-mail when they have decided. If you would rather mend it at once, upload a higher"
        " version.",
    ),
    State.REJECTED: (
        "Rejected",
        "It cannot be published as it is. Mend what has stopped it and upload it again; you may"
        " use the same version number.",
    ),
    State.PUBLISHED: ("Published", "Everybody who may have the package can install it."),
    State.WITHDRAWN: (
        "Withdrawn",
        "It is off the shelf. Whoever had the package may still install exactly this version.",
    ),
    State.SUSPENDED: (
        "Suspended",
        "A moderator has stopped it: nobody can install it for now. It may come back.",
    ),
    State.REVOKED: (
        "Revoked",
        "Two members of our staff have taken it out for good. Nobody can install it again, and"
        " everybody who has it is told to remove it.",
    ),
}
_NEW_OWNER = (
    "Held for a look at its new owner",
    "This package has changed hands, so a person looks at what is not published yet, and at the"
    " first release of its new owner, whatever its scan says. You need not do anything: you get an"
    " e-mail when they have decided.",
)
_TO_PUBLISH = "The scan found nothing that stops it. It is about to be published."
_FLAGGED = (
    "The rules have grown since, and a new scan found something. It stays as it is while a person"
    " looks at it; you get an e-mail when they have decided."
)
_STOPPED = (
    "Suspended",
    "A new scan found something that nobody should ship, so we have stopped it at once: nobody can"
    " install it for now. A person looks at it next; you get an e-mail when they have decided.",
)
_CLEARED = (
    "Rejected, then cleared",
    "A person has agreed that what stopped it is nothing. Upload the same archive again: it will"
    " pass.",
)
# What leaves a release where it is.
_DECIDED_IN_PLACE = frozenset({Outcome.CLEARED, Outcome.SUSPENDED})
_PROBLEMS = {
    "name_mismatch": "The name you gave is not the one in mog.yaml.",
    "version_mismatch": "The version you gave is not the one in mog.yaml.",
    "type_changed": (
        "The package was of another type before. A package keeps its type; publish this one under"
        " another name."
    ),
    "scan_incomplete": (
        "The scan could not finish, so a person decides. You need not upload it again."
    ),
    "listing_retired": "Your package was retired meanwhile, so this was not published.",
    "upload_missing": "The upload was lost before it was read. Upload a higher version.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a release stands, in words.

    reason: what whoever decided last has written; empty when nobody has.
    earlier: disputes of findings that its last scan no longer has.
    review: the case that waits for a person. scanned_at, quality: of its last scan; None before.
    rescan: the last scan that was asked for, done or not.
    """

    release: Release
    title: str
    explanation: str
    problem: str
    reason: str
    findings: list[ShownFinding]
    earlier: list[Dispute]
    review: Case | None
    scanned_at: datetime | None
    quality: Mapping[str, Any] | None
    rescan: RescanCampaign | None

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing more happens unless a person acts."""
        return self.release.is_final and not self.is_being_rescanned

    @property
    def is_being_rescanned(self) -> bool:
        """Tell whether another scan was asked for and has not ended."""
        return self.rescan is not None and self.rescan.finished_at is None

    @property
    def can_be_rescanned(self) -> bool:
        """Tell whether another scan may be asked for now."""
        release = self.release
        is_there = release.state in RESCANNABLE and hasattr(release, "artifact")
        return is_there and not self.is_being_rescanned

    @property
    def has_old_rules(self) -> bool:
        """Tell whether the rules have changed since its scan."""
        report = self.release.report
        return report is not None and report.ruleset != ruleset.current().version


def told(releases: ReleaseQuerySet) -> ReleaseQuerySet:
    """Bring all that sellers are told of releases, in a number of queries that does not grow."""
    findings = Finding.objects.filter(is_enforced=True).defer("excerpt", "match_hmac")
    return (
        releases.with_listing()
        .with_artifact()
        .select_related("report")
        .prefetch_related(
            Prefetch("report__findings", findings),
            "listing__exceptions",
            "disputes__finding",
            "cases",
            "transitions",
            Prefetch("rescans", RescanCampaign.objects.newest()),
        )
    )


def read(release: Release) -> Progress:
    """Return the words for a release as its row stands by now."""
    return of(told(Release.objects.all()).get(pk=release.pk))


def of(release: Release) -> Progress:
    """Return the words for a release of `told`."""
    review = next((each for each in release.cases.all() if each.closed_at is None), None)
    findings = shown_findings.of(release)
    title, explanation = _words(release, review, findings)
    report = release.report
    return Progress(
        release=release,
        title=title,
        explanation=explanation,
        problem=_PROBLEMS.get(release.problem, release.problem),
        reason=_reason(release),
        findings=findings,
        earlier=_earlier(release, findings),
        review=review,
        scanned_at=report.created_at if report else None,
        quality=(report.quality or None) if report else None,
        rescan=next(iter(release.rescans.all()), None),
    )


def _reason(release: Release) -> str:
    """Return what was written with the last decision; one may be several moves at one moment."""
    written = [(each.at, each.reason) for each in release.transitions.all()]
    written += [
        (each.closed_at, each.reason)
        for each in release.cases.all()
        if each.closed_at and each.closed_by_id and each.outcome in _DECIDED_IN_PLACE
    ]
    last = max((at for at, _ in written), default=None)
    return next((reason for at, reason in reversed(written) if at == last and reason), "")


def _earlier(release: Release, findings: list[ShownFinding]) -> list[Dispute]:
    shown = {each.dispute for each in findings}
    return [each for each in release.disputes.all() if each not in shown]


def _words(release: Release, review: Case | None, findings: list[ShownFinding]) -> tuple[str, str]:
    state = State(release.state)
    title, explanation = _STATES[state]
    is_flagged = review is not None and review.cause == Cause.RESCAN
    if state is State.ACCEPTED and release.is_to_publish:
        return title, _TO_PUBLISH
    if state in INSTALLABLE and is_flagged:
        return f"{title}, and looked at again", _FLAGGED
    if state is State.HELD and review is not None and review.cause == Cause.NEW_OWNER:
        return _NEW_OWNER
    if state is State.SUSPENDED and is_flagged:
        return _STOPPED
    if state is State.REJECTED and _is_cleared(release, findings):
        return _CLEARED
    return title, explanation


def _is_cleared(release: Release, findings: list[ShownFinding]) -> bool:
    """Tell whether a person has cleared all that a rejected release was stopped by."""
    weights = {each.weight for each in findings}
    return (
        not release.problem
        and Weight.CLEARED in weights
        and not weights & {Weight.BLOCKS, Weight.REVIEW}
    )
