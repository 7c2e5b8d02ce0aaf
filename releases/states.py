"""The states of a release and the moves between them: one table for code, documentation and tests.

Nothing else moves a release: `models.Release.move` refuses what does not stand here.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a release stands."""

    UPLOADED = "uploaded"
    SCANNING = "scanning"
    ACCEPTED = "accepted"
    HELD = "held"
    REJECTED = "rejected"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


# A lapsed lease lets another worker begin anew, which is no move: the state stays SCANNING.
# HELD goes back to UPLOADED when staff asks for another scan. ACCEPTED is held when a later scan
# finds something before it was published. SUSPENDED returns to where it was.
MOVES: dict[State, frozenset[State]] = {
    State.UPLOADED: frozenset({State.SCANNING}),
    State.SCANNING: frozenset({State.ACCEPTED, State.HELD, State.REJECTED}),
    State.HELD: frozenset({State.ACCEPTED, State.REJECTED, State.UPLOADED}),
    State.ACCEPTED: frozenset({State.PUBLISHED, State.HELD}),
    State.REJECTED: frozenset(),
    State.PUBLISHED: frozenset({State.WITHDRAWN, State.SUSPENDED, State.REVOKED}),
    State.WITHDRAWN: frozenset({State.SUSPENDED, State.REVOKED}),
    State.SUSPENDED: frozenset({State.PUBLISHED, State.WITHDRAWN, State.REVOKED}),
    State.REVOKED: frozenset(),
}

# States in which nothing more happens unless a person acts.
FINAL = frozenset(State) - {State.UPLOADED, State.SCANNING}
# States whose bytes an entitled buyer may fetch.
INSTALLABLE = frozenset({State.PUBLISHED, State.WITHDRAWN})
# States whose bytes are scanned again when the rules change.
RESCANNABLE = INSTALLABLE | {State.ACCEPTED, State.HELD}
# States in which anybody who sees the listing sees the release.
SHOWN = frozenset({State.PUBLISHED, State.WITHDRAWN, State.SUSPENDED, State.REVOKED})
