"""Move a release by what its scan found."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import mail
from accounts.actor import Actor
from catalog import listings, readme
from catalog.errors import ListingRetired, TypeChanged
from releases import moves, publishing, storage
from releases.errors import WrongState
from releases.models import Artifact, Release
from releases.states import State
from scanning.engine import Canonical, Examined
from scanning.models import Report
from scanning.verdicts import Verdict

log = logging.getLogger("mog.releases")

_STATES = {
    Verdict.PASSED: State.ACCEPTED,
    Verdict.FLAGGED: State.HELD,
    Verdict.FAILED: State.REJECTED,
}


_SCANNING = frozenset({State.SCANNING})
_OBSTACLES = {ListingRetired: "listing_retired", TypeChanged: "type_changed"}


def decide(release: Release, examined: Examined, *, now: datetime) -> None:
    """Accept, hold or reject; what was accepted and is to be published is published with it.

    The canonical archive is kept before the row says so: a crash between leaves a file that the
    next attempt finds. A release that another worker decided meanwhile stays as it is.
    """
    archive = examined.canonical
    problem = _problem(release, archive) if archive else ""
    state = State.REJECTED if problem else _STATES[examined.verdict]
    if archive and state is not State.REJECTED:
        storage.put_artifact(archive.path, sha256=archive.sha256)
    try:
        with transaction.atomic():
            _settle(release, examined, state, problem=problem, now=now)
    except WrongState:
        log.info("%s was decided by another worker", release.public_id)


def hold(release: Release, *, problem: str, now: datetime) -> None:
    """Hold what could not be examined: a person decides, and the upload is kept for them."""
    try:
        with transaction.atomic():
            changes = {"problem": problem, "decided_at": now}
            moves.move(
                release,
                State.HELD,
                leaving=_SCANNING,
                by=Actor.system(),
                now=now,
                changes=changes,
            )
            _tell_seller(release)
    except WrongState:
        log.info("%s was decided by another worker", release.public_id)


def _settle(
    release: Release, examined: Examined, state: State, *, problem: str, now: datetime
) -> None:
    upload_key = release.upload_key
    changes = {
        "problem": problem,
        "report": examined.report,
        "decided_at": now,
        "upload_key": "",
        "lease_until": None,
    }
    moves.move(release, state, leaving=_SCANNING, by=Actor.system(), now=now, changes=changes)
    if state is not State.REJECTED:
        assert examined.canonical is not None
        _write_artifact(release, examined.canonical, examined.report, now=now)
    if state is State.ACCEPTED and release.is_to_publish:
        _publish_if_possible(release, now=now)
    _tell_seller(release)
    transaction.on_commit(lambda: storage.drop_upload(upload_key), robust=True)


def _publish_if_possible(release: Release, *, now: datetime) -> None:
    """Publish what was asked to be; what its listing no longer takes stays accepted."""
    try:
        with transaction.atomic():
            publishing.publish_accepted(release, by=Actor.system(), now=now)
    except (ListingRetired, TypeChanged) as error:
        release.problem = _OBSTACLES[type(error)]
        release.is_to_publish = False
        release.save(update_fields=["problem", "is_to_publish"])


def _write_artifact(release: Release, archive: Canonical, report: Report, *, now: datetime) -> None:
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
        capabilities=dict(report.capabilities),
        readme_html=readme.render(archive.readme),
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


def _tell_seller(release: Release) -> None:
    letter = mail.Letter(
        template="release_decided",
        subject=f"{release.name} {release.version}: {release.state}",
        facts={
            "name": release.name,
            "version": release.version,
            "state": str(release.state),
            "url": f"{settings.SITE_URL}/releases/{release.public_id}",
        },
    )
    mail.send_on_commit(letter, to=release.uploaded_by.email)
