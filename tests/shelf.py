"""Releases with all that a page shows of them, for tests that look at pages."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from audit.who import Origin
from releases import cases, disputes
from releases.models import Cause, Release
from releases.states import State
from scanning.models import Finding, Report
from scanning.verdicts import Verdict
from tests.bearer import SELLER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.factories.scanning import FindingFactory, ReportFactory


def published(**facts: Any) -> Release:
    """Return a published release of a listing on the shelf, scanned and unpacked."""
    release: Release = ReleaseFactory.create(report=ReportFactory.create(), **facts)
    ArtifactFactory.create(release=release)
    return release


def accepted(**facts: Any) -> Release:
    """Return a release whose scan found nothing, and that waits for its seller to publish it."""
    return published(state=State.ACCEPTED, **facts)


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


_KINDS: tuple[dict[str, Any], ...] = (
    {"rule": "secret/named-value", "effect": "block", "severity": "critical", "line": 12},
    {"rule": "secret/named-value", "effect": "block", "severity": "critical", "line": 80},
    {"rule": "prompt-injection/override", "effect": "review", "file": f"content/{'w' * 90}.md"},
    {"rule": "link/shortener", "effect": "review", "file": "README.md", "line": 3},
    {"rule": "mcp/unpinned", "effect": "suspicion", "file": "", "line": None},
    {"rule": "quality/short-readme", "effect": "note", "severity": "low", "file": "README.md"},
)
_QUALITY: dict[str, Any] = {
    "score": 72,
    "reasons": [
        {"points": -20, "says": "The README says little: a few sentences on what it is for help."},
        {"points": -8, "says": "Two links lead nowhere."},
    ],
}


def contested(state: State = State.HELD, **facts: Any) -> Release:
    """Return a release with findings of every weight, and disputes in every state."""
    report: Report = ReportFactory.create(verdict=str(Verdict.FLAGGED), quality=_QUALITY)
    found: list[Finding] = [
        FindingFactory.create(
            report=report,
            category=kind["rule"].partition("/")[0],
            file_sha256=f"{number:064x}",
            **kind,
        )
        for number, kind in enumerate(_KINDS)
    ]
    earlier = FindingFactory.create(rule="link/earlier", category="link")
    release: Release = ReleaseFactory.create(state=state, report=earlier.report, **facts)
    ArtifactFactory.create(release=release)
    now = timezone.now()
    cases.open_case(release, Cause.HELD if state is State.HELD else Cause.RESCAN, now=now)
    seller = Bearer(release.uploaded_by, SELLER).actor
    person = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
    said = "It is the password of the sample server, which everybody may have.\nSee its page."
    disputes.contest(release, earlier, statement=said, by=seller, now=now)
    release.report = report
    release.save(update_fields=["report"])
    with transaction.atomic():
        disputes.drop_moot(release, found, now=now)
    contests = [
        disputes.contest(release, each, statement=said, by=seller, now=now) for each in found[1:4]
    ]
    disputes.accept(contests[1], reason="The text quotes an attack.", by=person, now=now)
    disputes.reject(contests[2], reason="It hides where it leads.", by=person, now=now)
    return release
