"""Cases of releases that a person should look at: opened, made urgent, closed.

Whoever opens or closes one holds the listing (`Release.lock_listing`), so that nobody opens two.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from accounts.actor import Actor
from releases import exceptions
from releases.models import Case, Cause, DisputeState, Outcome, Release
from releases.states import State
from scanning.verdicts import Verdict

# What a person has looked at and found good.
_GOOD = [Outcome.ACCEPTED.value, Outcome.CLEARED.value]
_GRAVITY = {Cause.DISPUTE: 0, Cause.HELD: 1, Cause.RESCAN: 1, Cause.NEW_OWNER: 2}


def open_case(release: Release, cause: Cause, *, now: datetime) -> Case:
    """Ask for a person; a case that is open already takes a graver cause and its earlier due time.

    A seller's dispute is the least grave: it casts no doubt on a release. A new owner is the
    gravest: nothing but a person's decision ends that.
    """
    known = current(release)
    if known is None:
        due_at = now + _within(cause)
        return Case.objects.create(release=release, cause=cause, opened_at=now, due_at=due_at)
    if _GRAVITY[cause] > _GRAVITY[Cause(known.cause)]:
        known.cause = cause
        known.due_at = min(known.due_at, now + _within(cause))
        known.save(update_fields=["cause", "due_at"])
    return known


def close_case(
    release: Release, outcome: Outcome, *, reason: str, by: Actor, now: datetime
) -> bool:
    """Close the open case of a release; tell whether there was one.

    Disputes that are still open go on as a case of their own.
    """
    closed = (
        Case.objects.open()
        .filter(release=release)
        .update(closed_at=now, closed_by=by.user, outcome=outcome, reason=reason)
    )
    if release.disputes.open().exists():
        open_case(release, Cause.DISPUTE, now=now)
    return bool(closed)


def current(release: Release) -> Case | None:
    """Return the open case of a release."""
    return Case.objects.open().filter(release=release).first()


def in_doubt() -> Exists:
    """Return what annotates releases with whether a person has yet to say that they are fine.

    A seller's dispute is no doubt.
    """
    return Exists(Case.objects.open().filter(release=OuterRef("pk")).exclude(cause=Cause.DISPUTE))


def is_cleared(release: Release, *, sha256: str) -> bool:
    """Tell whether a person has looked at these very bytes of this listing and let them pass.

    sha256: of the canonical archive; it may have been another release then. To agree about one
    finding is not to let the rest pass.
    """
    same = {"release__listing": release.listing_id, "release__report__sha256": sha256}
    passed = Case.objects.filter(outcome__in=_GOOD, closed_by__isnull=False, **same)
    return passed.exists() or _is_cleared_after_rejection(release, sha256=sha256)


def _is_cleared_after_rejection(release: Release, *, sha256: str) -> bool:
    """Tell whether all that once rejected these bytes was contested, and a person agreed."""
    rejected = Release.objects.filter(
        listing=release.listing_id,
        state=State.REJECTED,
        report__sha256=sha256,
        report__verdict=Verdict.FAILED.value,
        disputes__state=DisputeState.ACCEPTED,
        disputes__decided_by__isnull=False,
    )
    found = rejected.distinct().with_listing().select_related("report")
    return any(exceptions.verdict(each) is Verdict.PASSED for each in found)


def _within(cause: Cause) -> timedelta:
    within: dict[Cause, timedelta] = {
        Cause.HELD: settings.REVIEW_HELD_WITHIN,
        Cause.RESCAN: settings.REVIEW_RESCAN_WITHIN,
        Cause.DISPUTE: settings.REVIEW_DISPUTE_WITHIN,
        Cause.NEW_OWNER: settings.REVIEW_HELD_WITHIN,
    }
    return within[cause]
