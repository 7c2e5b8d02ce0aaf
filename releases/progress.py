"""What a release's seller is told of how it stands: sentences for states and problems."""

from dataclasses import dataclass

from releases.models import Release
from releases.states import State
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
        "A person looks at it before it can be published. You get an e-mail when they decide.",
    ),
    State.REJECTED: (
        "Rejected",
        "It cannot be published. Mend what is listed below and upload it again: the version is"
        " free.",
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
    State.REVOKED: ("Revoked", "It was taken out for good. Nobody can install it again."),
}
_TO_PUBLISH = "The scan found nothing that stops it. It is about to be published."
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
    "upload_missing": "The upload was lost before it was read. Upload a higher version.",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How a release stands, in words.

    reason: what whoever moved it last has written; empty when nobody has.
    """

    title: str
    explanation: str
    problem: str
    reason: str
    findings: list[Finding]


def of(release: Release) -> Progress:
    """Return the words for a release that brings its report and findings."""
    title, explanation = _STATES[State(release.state)]
    if release.state == State.ACCEPTED and release.is_to_publish:
        explanation = _TO_PUBLISH
    last = release.transitions.order_by("-pk").first()
    return Progress(
        title=title,
        explanation=explanation,
        problem=_PROBLEMS.get(release.problem, release.problem),
        reason=last.reason if last else "",
        findings=_findings(release),
    )


def _findings(release: Release) -> list[Finding]:
    if release.report is None:
        return []
    return sorted(release.report.findings.all(), key=lambda each: (each.file, each.line or 0))
