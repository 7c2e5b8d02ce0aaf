"""Move a release by what its scan found."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from catalog import listings, readme
from catalog.errors import TypeChanged
from releases import cases, exceptions, handovers, moves, notices, publishing, storage
from releases.errors import WrongState
from releases.models import Artifact, Cause, Release
from releases.states import State
from scanning.engine import Canonical, Examined
from scanning.models import Report
from scanning.verdicts import Verdict, verdict_of

log = logging.getLogger("mog.releases")

_STATES = {
    Verdict.PASSED: State.ACCEPTED,
    Verdict.FLAGGED: State.HELD,
    Verdict.FAILED: State.REJECTED,
}
_SCANNING = frozenset({State.SCANNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What a scan comes to. `problem` is what is wrong beside the findings; often nothing."""

    state: State
    problem: str
    report: Report
    archive: Canonical | None
    readme_html: str


def decide(release: Release, examined: Examined, *, now: datetime) -> None:
    """Accept, hold or reject; what was accepted and is to be published is published with it.

    Findings that a person has excepted count for nothing. What a new owner brings first is held,
    however clean it is.

    The canonical archive is kept before the row says so: a crash between leaves a file that the
    next attempt finds. A release that another worker holds or has decided stays as it is.
    """
    while not _is_settled(release, examined, now=now):
        log.info("%s is weighed anew: its exceptions have changed", release.public_id)


def hold(release: Release, *, problem: str, now: datetime) -> None:
    """Hold what could not be examined: a person decides, and the upload is kept for them."""
    try:
        with transaction.atomic():
            release.lock_listing()
            changes = {"problem": problem, "decided_at": now}
            _move(release, State.HELD, changes, now=now)
            cases.open_case(release, Cause.HELD, now=now)
            notices.tell_seller(release)
    except WrongState:
        log.info("%s is another worker's by now", release.public_id)


def _is_settled(release: Release, examined: Examined, *, now: datetime) -> bool:
    """Decide; False when what is excepted has changed before the listing was held."""
    decision = _decided(release, examined)
    if decision.archive and decision.state is not State.REJECTED:
        storage.put_artifact(decision.archive.path, sha256=decision.archive.sha256)
    try:
        with transaction.atomic():
            release.lock_listing()
            if _weighed(release, examined, problem=decision.problem) is not decision.state:
                return False
            if decision.state is State.ACCEPTED and handovers.is_watched(release):
                decision = replace(decision, state=State.HELD)
            _settle(release, decision, now=now)
    except WrongState:
        log.info("%s is another worker's by now", release.public_id)
    return True


def _weighed(release: Release, examined: Examined, *, problem: str) -> State:
    """Return what the findings come to by what is excepted now."""
    # Without an archive there is nothing that an exception could let through.
    if problem or not examined.canonical:
        return State.REJECTED
    return _STATES[verdict_of(exceptions.counting(release.listing, examined.findings))]


def _decided(release: Release, examined: Examined) -> _Decision:
    archive = examined.canonical
    problem = _problem(release, archive) if archive else ""
    return _Decision(
        state=_weighed(release, examined, problem=problem),
        problem=problem,
        report=examined.report,
        archive=archive,
        # Here and not later: it may take seconds, and a transaction is no place to wait in.
        readme_html=readme.render(archive.readme) if archive else "",
    )


def _settle(release: Release, decision: _Decision, *, now: datetime) -> None:
    """Write the decision; the caller holds the listing."""
    upload_key = release.upload_key
    changes = {
        "problem": decision.problem,
        "report": decision.report,
        "decided_at": now,
        "upload_key": "",
        "lease_until": None,
    }
    _move(release, decision.state, changes, now=now)
    if decision.state is not State.REJECTED:
        _write_artifact(release, decision, now=now)
    if decision.state is State.HELD:
        cases.open_case(release, handovers.cause_to_hold(release), now=now)
    if decision.state is State.ACCEPTED:
        publishing.publish_if_asked(release, by=Actor.system(), now=now)
    notices.tell_seller(release)
    transaction.on_commit(lambda: storage.drop_upload(upload_key), robust=True)


def _move(release: Release, to: State, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Move a release that this worker still holds."""
    moves.move(
        release,
        to,
        leaving=_SCANNING,
        claim=release.lease_token,
        by=Actor.system(),
        now=now,
        changes=changes,
    )


def _write_artifact(release: Release, decision: _Decision, *, now: datetime) -> None:
    archive = decision.archive
    assert archive is not None
    Artifact.objects.create(
        release=release,
        sha256=archive.sha256,
        size_bytes=archive.size_bytes,
        unpacked_bytes=sum(file.size_bytes for file in archive.files),
        manifest=dict(archive.manifest),
        files=[
            {"path": file.path, "sizeBytes": file.size_bytes, "sha256": file.sha256}
            for file in archive.files
        ],
        capabilities=dict(decision.report.capabilities),
        readme_html=decision.readme_html,
        created_at=now,
    )


def _problem(release: Release, archive: Canonical) -> str:
    """Return what is wrong beside the findings; nothing when the archive is what was declared."""
    manifest = archive.manifest
    if manifest["name"] != release.listing.name:
        return "name_mismatch"
    if manifest["version"] != release.version:
        return "version_mismatch"
    try:
        listings.require_same_type(release.listing, manifest["type"])
    except TypeChanged:
        return "type_changed"
    return ""
