"""Releases with all that a page shows of them, for tests that look at pages."""

from typing import Any

from releases.models import Release
from releases.states import State
from scanning.models import Report
from scanning.verdicts import Verdict
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.factories.scanning import FindingFactory, ReportFactory


def published(**facts: Any) -> Release:
    """Return a published release of a listing on the shelf, scanned and unpacked."""
    release: Release = ReleaseFactory.create(report=ReportFactory.create(), **facts)
    ArtifactFactory.create(release=release)
    return release


def judged(state: State, *, findings: int = 2, **facts: Any) -> Release:
    """Return a release in a state, whose scan found something."""
    verdict = Verdict.FAILED if state is State.REJECTED else Verdict.FLAGGED
    report: Report = ReportFactory.create(verdict=str(verdict))
    for number in range(findings):
        FindingFactory.create(report=report, line=number + 1)
    release: Release = ReleaseFactory.create(state=state, report=report, **facts)
    if state is not State.REJECTED:
        ArtifactFactory.create(release=release)
    return release
