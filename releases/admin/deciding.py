"""What can be decided about a release where it stands, and doing it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from releases import review
from releases.admin import acting
from releases.errors import CaseClosed, ScannedMeanwhile
from releases.forms import DecisionForm
from releases.models import Case, Cause, Release
from releases.states import State


@dataclass(frozen=True, slots=True)
class Decision:
    """Something to decide: the key that chooses it, and what it does."""

    name: str
    key: str
    label: str
    operation: Callable[..., None]


_ACCEPT = Decision("accept", "a", "Approve: let it through", review.accept)
_REJECT = Decision("reject", "r", "Reject: refuse it, its version is free again", review.reject)
_EXAMINE = Decision(
    "examine_again", "e", "Examine again: its scan did not end", review.examine_again
)
_CLEAR = Decision("clear", "c", "Clear: what was found is nothing, it stays", review.clear)
_SUSPEND = Decision("suspend", "s", "Suspend: nobody can install it for now", review.suspend)
_RESTORE = Decision("restore", "b", "Bring back: let it go to where it was", review.restore)
_UPHOLD = Decision("uphold", "l", "Leave it stopped: what the scan found is so", review.uphold)

# In the order in which it is offered.
_BY_STATE: dict[State, tuple[Decision, ...]] = {
    State.HELD: (_ACCEPT, _REJECT, _EXAMINE),
    State.PUBLISHED: (_CLEAR, _SUSPEND),
    State.WITHDRAWN: (_CLEAR, _SUSPEND),
    State.SUSPENDED: (_RESTORE, _UPHOLD),
}
# What excepts every finding that stands against a release.
_LETTING_PASS = frozenset({_ACCEPT.name, _CLEAR.name, _RESTORE.name})
_BY_NAME = {each.name: each for decisions in _BY_STATE.values() for each in decisions}


def offered(release: Release, case: Case | None) -> list[Decision]:
    """Return what can be decided now; a case that is closed is decided."""
    if case is not None and case.closed_at is not None:
        return []
    return [
        each
        for each in _BY_STATE.get(State(release.state), ())
        if _is_possible(each, release, case)
    ]


def can_be(release: Release) -> bool:
    """Tell whether something can be decided about a release where it stands."""
    return State(release.state) in _BY_STATE


def form_for(decisions: list[Decision], data: Any = None) -> DecisionForm:
    """Return the form that offers them, filled with what was sent."""
    return DecisionForm(data, choices=[(each.name, each.label) for each in decisions])


def is_done(request: HttpRequest, release: Release, case: Case | None, form: DecisionForm) -> bool:
    """Carry a decision out; False once the form says what stood in its way."""
    if not form.is_valid():
        return False
    decided = form.cleaned_data
    operation = _BY_NAME[decided["decision"]].operation
    try:
        with transaction.atomic():
            _require_open(release, case)
            if decided["decision"] in _LETTING_PASS:
                _require_read(release, decided["report"])
            operation(
                release,
                reason=decided["reason"].strip(),
                by=acting.actor(request),
                now=timezone.now(),
            )
    except acting.REFUSALS as error:
        form.add_error(None, acting.says(error))
        return False
    return True


def _require_open(release: Release, case: Case | None) -> None:
    """Hold the listing; raises CaseClosed when somebody else has decided the case."""
    release.lock_listing()
    if case is not None and not Case.objects.open().filter(pk=case.pk).exists():
        raise CaseClosed


def _require_read(release: Release, report: str) -> None:
    """Raise ScannedMeanwhile when the findings that were read are not those of today."""
    known = Release.objects.values_list("report__public_id", flat=True).get(pk=release.pk)
    if report != (known or ""):
        raise ScannedMeanwhile


def _is_possible(decision: Decision, release: Release, case: Case | None) -> bool:
    """Accepting needs an archive, examining again an upload, clearing something to clear."""
    if decision is _ACCEPT:
        return hasattr(release, "artifact")
    if decision is _EXAMINE:
        return bool(release.upload_key)
    if decision in {_CLEAR, _UPHOLD}:
        return case is not None and case.cause == Cause.RESCAN
    return True
