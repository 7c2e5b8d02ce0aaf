"""Releases that wait for a person, and what has become of them."""

from datetime import datetime

from releases import cases
from releases.models import Case, Cause, Release
from releases.states import State
from tests import shelf
from tests.factories.catalog import DraftFactory


def held(now: datetime, *, findings: int = 1, **facts: object) -> Release:
    """Return a release that waits for a person, who was asked."""
    facts = {"listing": DraftFactory.create()} | facts
    release = shelf.judged(State.HELD, findings=findings, **facts)
    cases.open_case(release, Cause.HELD, now=now)
    return release


def state_of(release: Release) -> State:
    """Return how a release stands by its row."""
    return State(Release.objects.values_list("state", flat=True).get(pk=release.pk))


def the_case(release: Release) -> tuple[str, str]:
    """Return cause and outcome of the last case of a release."""
    case = Case.objects.filter(release=release).latest("pk")
    return case.cause, case.outcome
