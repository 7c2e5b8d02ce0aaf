"""Tell a seller what has become of a release, and what was answered to a dispute."""

from collections.abc import Sequence

from django.conf import settings

from accounts import mail, parties
from releases import category_words, progress
from releases.models import Cause, Dispute, Release
from releases.progress import Progress
from releases.shown_findings import ShownFinding, Weight
from releases.states import State

# Whoever has more to mend looks at the page.
_MOST_FINDINGS = 10
_WITH_FINDINGS = frozenset({State.HELD, State.REJECTED, State.SUSPENDED})
_TOLD = frozenset({Weight.BLOCKS, Weight.REVIEW})


def tell_seller(release: Release) -> None:
    """Write to whoever uploaded it, once the caller's transaction stands.

    To whoever sells it now, if that is somebody else.
    """
    shown = progress.read(release)
    findings = _to_tell(shown)
    letter = mail.Letter(
        template="release_decided",
        subject=f"{release.label}: {shown.title.lower()}",
        facts=_standing(shown)
        | {
            "problem": shown.problem,
            "written": shown.reason,
            "findings": [_written(each) for each in findings[:_MOST_FINDINGS]],
            "is_contestable": any(each.is_contestable for each in findings),
            "more": max(0, len(findings) - _MOST_FINDINGS),
        },
    )
    parties.tell(shown.release.listing.vendor.party, letter, rather=release.uploaded_by)


def tell_answer(dispute: Dispute) -> None:
    """Tell whoever contested a finding what a person has answered, and how the release stands."""
    release = dispute.release
    finding = dispute.finding
    shown = progress.read(release)
    letter = mail.Letter(
        template="dispute_answered",
        subject=f"{release.label}: your dispute was {dispute.state}",
        facts=_standing(shown)
        | {
            "answer": str(dispute.state),
            "written": dispute.reason,
            "place": finding.place,
            "advice": finding.advice,
        },
    )
    parties.tell(shown.release.listing.vendor.party, letter, rather=dispute.opened_by)


def page_of(release: Release) -> str:
    """Return the address of a release's page."""
    return f"{settings.SITE_URL}/releases/{release.public_id}"


def _standing(shown: Progress) -> dict[str, object]:
    return {
        "name": shown.release.name,
        "version": shown.release.version,
        "title": shown.title,
        "explanation": shown.explanation,
        "due": _due(shown),
        "url": page_of(shown.release),
    }


def _due(shown: Progress) -> str:
    """Return by when a person should have decided whether it goes on; empty for a dispute alone."""
    if shown.review is None or shown.review.cause == Cause.DISPUTE:
        return ""
    return f"{shown.review.due_at:%Y-%m-%d %H:%M} UTC"


def _to_tell(shown: Progress) -> Sequence[ShownFinding]:
    is_doubted = shown.review is not None and shown.review.cause != Cause.DISPUTE
    if shown.release.state not in _WITH_FINDINGS and not is_doubted:
        return []
    return [each for each in shown.findings if each.weight in _TOLD]


def _written(finding: ShownFinding) -> dict[str, str]:
    return {
        "category": category_words.of(finding.category).title,
        "place": finding.place,
        "advice": finding.advice,
    }
