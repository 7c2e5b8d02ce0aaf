"""What a page says of a release that is to be decided about."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from releases import case_file, review_queue
from releases.admin import acting, deciding, keys
from releases.admin.files import file_address
from releases.case_file import CaseFile, Evidence
from releases.forms import AnswerForm, DecisionForm
from releases.models import Case, Dispute, DisputeState, Release
from releases.states import MOVES, State


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on the page: where its file is shown, and the form that answers its dispute."""

    evidence: Evidence
    address: str
    form: AnswerForm | None


def release_of(pk: int) -> Release:
    """Return a release with all that its page reads; raises Http404."""
    releases = Release.objects.with_listing().select_related("artifact", "report", "uploaded_by")
    return get_object_or_404(releases.defer("artifact__readme_html"), pk=pk)


def context(
    request: HttpRequest,
    release: Release,
    case: Case | None,
    form: DecisionForm,
    *,
    answers: dict[int, AnswerForm],
) -> dict[str, Any]:
    """Return what the template reads; `answers` are forms that came back with what is wrong."""
    file = case_file.of(release)
    acts = _acts(request, release, case, file)
    return acts | {
        "title": release.label,
        "release": release,
        "case": case,
        "is_late": bool(case and not case.closed_at and case.due_at <= timezone.now()),
        "file": file,
        "evidence": [_shown(request, release, each, answers) for each in file.evidence],
        "past_disputes": [
            (each, _answer_form(request, each, answers)) for each in file.past_disputes
        ],
        "report": release.report,
        "form": form,
    }


def _acts(
    request: HttpRequest, release: Release, case: Case | None, file: CaseFile
) -> dict[str, Any]:
    """Return what somebody may do here, and by which keys."""
    decisions = deciding.offered(release, case) if acting.may(request, acting.DECIDE) else []
    may_revoke = _may_revoke(request, release) and file.revocation is None
    following = review_queue.next_case(case) if case else None
    legend = keys.of_case(
        decisions,
        may_revoke=may_revoke,
        has_disputes=release.disputes.open().exists(),
        has_next=following is not None,
    )
    return {
        "decisions": decisions,
        "may_revoke": may_revoke,
        "following": following,
        "keys": legend,
    }


def _shown(
    request: HttpRequest, release: Release, evidence: Evidence, answers: dict[int, AnswerForm]
) -> Shown:
    finding = evidence.finding
    address = file_address(release, finding.file, finding.line) if evidence.is_readable else ""
    form = _answer_form(request, evidence.dispute, answers) if evidence.dispute else None
    return Shown(evidence, address, form)


def _answer_form(
    request: HttpRequest, dispute: Dispute, answers: dict[int, AnswerForm]
) -> AnswerForm | None:
    is_open = dispute.state == DisputeState.OPEN
    if dispute.pk in answers:
        return answers[dispute.pk]
    if not is_open or not acting.may(request, acting.ANSWER):
        return None
    return AnswerForm(prefix=f"dispute-{dispute.pk}")


def _may_revoke(request: HttpRequest, release: Release) -> bool:
    can_be = State.REVOKED in MOVES[State(release.state)]
    return can_be and acting.may(request, acting.REVOKE)
