"""What becomes of a release once there is a reason to doubt it that was not known before."""

from datetime import datetime

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from releases import cases, moves, notices, publishing
from releases.models import Cause, Release
from releases.states import INSTALLABLE, State

_FOUND = "A new scan found something in it."
_MALICIOUS = "A new scan found something in it that nobody should ship."


def flag(release: Release, *, now: datetime) -> bool:
    """Have a person look; what is on the shelf stays there. Tell whether that is new.

    The caller holds the listing.
    """
    if release.state == State.ACCEPTED:
        hold(release, Cause.HELD, reason=_FOUND, now=now)
        return True
    case = cases.current(release)
    if release.state not in INSTALLABLE or (case and case.cause != Cause.DISPUTE):
        return False
    cases.open_case(release, Cause.RESCAN, now=now)
    system = Actor.system()
    record(Action.RELEASE_FLAGGED, by=system.who, now=now, subject=release.subject)
    notices.tell_seller(release)
    return True


def stop(release: Release, *, now: datetime) -> bool:
    """Stop a live release at once, then have a person look. Tell whether that is new.

    The caller holds the listing.
    """
    if release.state not in INSTALLABLE:
        return flag(release, now=now)
    moves.move(
        release,
        State.SUSPENDED,
        leaving=INSTALLABLE,
        by=Actor.system(),
        now=now,
        reason=_MALICIOUS,
    )
    cases.open_case(release, Cause.RESCAN, now=now)
    publishing.tell_listing(release.lock_listing(), now=now)
    notices.tell_seller(release)
    return True


def hold(release: Release, cause: Cause, *, reason: str, now: datetime) -> None:
    """Keep an accepted release from the shelf until a person has looked, and tell its seller.

    The caller holds the listing.
    """
    moves.move(
        release,
        State.HELD,
        leaving={State.ACCEPTED},
        by=Actor.system(),
        now=now,
        reason=reason,
    )
    cases.open_case(release, cause, now=now)
    notices.tell_seller(release)
