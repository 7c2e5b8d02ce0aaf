"""Move a release by what its scan found."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts import mail
from accounts.actor import Actor
from catalog import listings, readme
from catalog.errors import TypeChanged
from releases import moves, publishing, storage
from releases.errors import WrongState
from releases.models import Artifact, Release
from releases.states import State
from scanning.engine import Examined
from scanning.verdicts import Verdict

log = logging.getLogger("mog.releases")

_STATES = {
    Verdict.PASSED: State.ACCEPTED,
    Verdict.FLAGGED: State.HELD,
    Verdict.FAILED: State.REJECTED,
}


def decide(release: Release, examined: Examined, *, now: datetime) -> None:
    """Accept, hold or reject; what was accepted and is to be published is published with it.

    The canonical archive is kept before the row says so: a crash between leaves a file that the
    next attempt finds. A release that another worker decided meanwhile stays as it is.
    """
    problem = _problem(release, examined)
    state = State.REJECTED if problem else _STATES[examined.report.verdict]
    if state is not State.REJECTED:
        assert examined.canonical is not None
        storage.put_artifact(examined.canonical, sha256=examined.sha256)
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
            moves.move(release, State.HELD, by=Actor.system(), now=now, changes=changes)
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
    moves.move(release, state, by=Actor.system(), now=now, changes=changes)
    if state is not State.REJECTED:
        _write_artifact(release, examined, now=now)
    if state is State.ACCEPTED and release.is_to_publish:
        publishing.publish_accepted(release, by=Actor.system(), now=now)
    _tell_seller(release)
    transaction.on_commit(lambda: storage.drop_upload(upload_key), robust=True)


def _write_artifact(release: Release, examined: Examined, *, now: datetime) -> None:
    Artifact.objects.create(
        release=release,
        sha256=examined.sha256,
        size_bytes=examined.size_bytes,
        unpacked_bytes=sum(file.size_bytes for file in examined.files),
        manifest=dict(examined.manifest),
        files=[
            {"path": file.path, "sizeBytes": file.size_bytes, "sha256": file.sha256}
            for file in examined.files
        ],
        capabilities=dict(examined.report.capabilities),
        readme_html=readme.render(examined.readme),
        created_at=now,
    )


def _problem(release: Release, examined: Examined) -> str:
    """Return what is wrong beside the findings; nothing when the archive is what was declared."""
    manifest: Mapping[str, Any] | None = examined.manifest
    if not manifest:
        return ""
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
