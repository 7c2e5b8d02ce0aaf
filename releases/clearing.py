"""Let go on what nothing stands against any more: the held, the flagged, the stopped."""

from datetime import datetime

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from releases import cases, exceptions, moves, notices, publishing
from releases.models import Cause, Outcome, Release, Transition
from releases.states import State
from scanning.verdicts import Verdict


def let_go(listing: Listing, *, reason: str, by: Actor, now: datetime) -> None:
    """Let every release of a listing go on whose findings have come to nothing.

    The caller holds the listing and has excepted something.
    """
    waiting = Release.objects.filter(
        listing=listing,
        cases__closed_at__isnull=True,
        cases__cause__in=[Cause.HELD, Cause.RESCAN],
        report__isnull=False,
    )
    for release in waiting.with_listing().select_related("report", "artifact").order_by("pk"):
        if exceptions.verdict(release) is Verdict.PASSED:
            _let_go_one(release, reason=reason, by=by, now=now)


def accept(release: Release, *, reason: str, by: Actor, now: datetime, excepted: int = 0) -> None:
    """Accept a held release and close its case; publish it if its seller has asked for that.

    Raises WrongState.
    """
    moves.move(
        release,
        State.ACCEPTED,
        leaving={State.HELD},
        by=by,
        now=now,
        reason=reason,
        facts={"excepted": excepted},
    )
    cases.close_case(release, Outcome.ACCEPTED, reason=reason, by=by, now=now)
    publishing.publish_if_asked(release, by=by, now=now)
    notices.tell_seller(release)


def bring_back(
    release: Release, *, reason: str, by: Actor, now: datetime, excepted: int = 0
) -> None:
    """Let a suspended release go back to where it was. Raises WrongState."""
    last = _suspension(release)
    before = State(last.before) if last else State.PUBLISHED
    moves.move(
        release,
        before,
        leaving={State.SUSPENDED},
        by=by,
        now=now,
        reason=reason,
        action=Action.RELEASE_RESTORED,
        facts={"excepted": excepted},
    )
    publishing.tell_listing(release.lock_listing(), now=now)


def _let_go_one(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Accept what is held, bring back what the service has stopped, close the case.

    What a person has stopped stays stopped: they had their reason.
    """
    if release.state == State.HELD:
        accept(release, reason=reason, by=by, now=now)
        return
    if release.state == State.SUSPENDED and _was_stopped_by_the_service(release):
        bring_back(release, reason=reason, by=by, now=now)
    else:
        record(Action.RELEASE_CLEARED, by=by.who, now=now, subject=release.subject)
    cases.close_case(release, Outcome.CLEARED, reason=reason, by=by, now=now)
    notices.tell_seller(release)


def _was_stopped_by_the_service(release: Release) -> bool:
    if release.revocations.waiting().exists():
        return False  # a person has asked for more since
    last = _suspension(release)
    return last is not None and last.by_id is None


def _suspension(release: Release) -> Transition | None:
    """Return the move that has suspended a release last."""
    return release.transitions.filter(after=State.SUSPENDED).order_by("-id").first()
