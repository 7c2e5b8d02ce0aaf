"""Move a release: state, history and trail in one breath, inside the caller's transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from releases.models import Release, Transition
from releases.states import State

_ACTIONS = {
    State.UPLOADED: Action.RELEASE_RESCANNED,
    State.ACCEPTED: Action.RELEASE_ACCEPTED,
    State.HELD: Action.RELEASE_HELD,
    State.REJECTED: Action.RELEASE_REJECTED,
    State.PUBLISHED: Action.RELEASE_PUBLISHED,
    State.WITHDRAWN: Action.RELEASE_WITHDRAWN,
    State.SUSPENDED: Action.RELEASE_SUSPENDED,
    State.REVOKED: Action.RELEASE_REVOKED,
}


def move(
    release: Release,
    to: State,
    *,
    leaving: Collection[State],
    claim: str = "",
    by: Actor,
    now: datetime,
    reason: str = "",
    action: Action | None = None,
    changes: Mapping[str, object] | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Move a release from one of the states it may leave; write down who did it and why.

    facts: what the trail keeps beside the move.
    Raises WrongState; the caller's transaction then undoes everything.
    """
    before = State(release.state)
    release.move(to, changes or {}, leaving=leaving, claim=claim)
    Transition.objects.create(
        release=release, before=before, after=to, reason=reason, by=by.user, at=now
    )
    record(
        action or _ACTIONS[to],
        by=by.who,
        now=now,
        subject=release.subject,
        data={"before": before.value, "version": release.version, **(facts or {})},
    )
