"""What another scan of a release comes to, under the rules of today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from releases import cases, clearing, disputes, doubts, examining, exceptions, storage
from releases.models import Cause, Outcome, Release
from releases.states import RESCANNABLE, State
from scanning.engine import Examined
from scanning.errors import Reason, ScanInconclusive
from scanning.models import Finding
from scanning.verdicts import Effect as FindingEffect
from scanning.verdicts import Verdict, verdict_of

_STOPPING = frozenset({FindingEffect.BLOCK, FindingEffect.REVIEW})
# What no scan can settle.
_FOR_A_PERSON = frozenset({Cause.DISPUTE, Cause.NEW_OWNER})
_NOTHING_LEFT = "The rules of today find nothing that speaks against it."


class Effect(StrEnum):
    """What came of it."""

    NOTHING = "nothing"
    FLAGGED = "flagged"
    SUSPENDED = "suspended"


@contextmanager
def examined(release: Release, *, now: datetime) -> Iterator[Examined]:
    """Scan the archive of a release again.

    Raises ScanInconclusive, also when it is not the same archive any more, and BytesMissing.
    """
    sha256 = release.artifact.sha256
    with storage.artifact_copy(sha256) as path, examining.examine(path, now=now) as result:
        canonical = result.canonical.sha256 if result.canonical else sha256
        if (result.upload_sha256, canonical) != (sha256, sha256):
            raise ScanInconclusive(Reason.DISAGREEMENT, "another archive came out")
        yield result


def settle(release: Release, result: Examined, *, now: datetime) -> Effect:
    """Let a release bear what was found, inside the caller's transaction.

    What staff has decided meanwhile stands: a release that has left the states whose archives are
    scanned again stays as it is. What staff has excepted counts for nothing, and bytes that a
    person has looked at keep their verdict, unless a rule met them that nobody honest meets and
    that would stop or hold an upload.
    """
    release.lock_listing()
    release = Release.objects.with_listing().select_related("artifact").get(pk=release.pk)
    if release.state not in RESCANNABLE:
        return Effect.NOTHING
    release.report = result.report
    release.save(update_fields=["report"])
    if result.canonical:
        disputes.drop_moot(release, result.findings, now=now)
    counting = exceptions.counting(release.listing, result.findings)
    if any(map(_is_malicious, counting)):
        return _stopped(release, now=now)
    if result.canonical and verdict_of(counting) is Verdict.PASSED:
        _let_go(release, now=now)
        return Effect.NOTHING
    if cases.is_cleared(release, sha256=release.artifact.sha256):
        return Effect.NOTHING
    return Effect.FLAGGED if doubts.flag(release, now=now) else Effect.NOTHING


def _is_malicious(finding: Finding) -> bool:
    return finding.is_malicious and finding.effect in _STOPPING


def _stopped(release: Release, *, now: datetime) -> Effect:
    is_new = doubts.stop(release, now=now)
    is_stopped = release.state == State.SUSPENDED
    if not is_new:
        return Effect.NOTHING
    return Effect.SUSPENDED if is_stopped else Effect.FLAGGED


def _let_go(release: Release, *, now: datetime) -> None:
    """Let go on what only an older ruleset had found something in."""
    case = cases.current(release)
    if case is None or case.cause in _FOR_A_PERSON or release.problem:
        return
    system = Actor.system()
    if release.state == State.HELD:
        clearing.accept(release, reason=_NOTHING_LEFT, by=system, now=now)
        return
    cases.close_case(release, Outcome.CLEARED, reason=_NOTHING_LEFT, by=system, now=now)
    record(Action.RELEASE_CLEARED, by=system.who, now=now, subject=release.subject)
