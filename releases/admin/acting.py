"""Members of staff at work: who acts, what they may, and what stood in their way."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from accounts.actor import Actor
from accounts.http import origin_of
from accounts.models import User
from catalog.errors import ListingRetired
from releases.errors import (
    CaseClosed,
    DisputeDecided,
    ExceptionWithdrawn,
    ReasonMissing,
    ReleasesError,
    RevocationEnded,
    RevocationWaiting,
    ScannedMeanwhile,
    SecondPersonNeeded,
    WrongState,
)

DECIDE = "releases.change_release"
ANSWER = "releases.change_dispute"
REVOKE = "releases.change_revocation"

_SAYS: dict[type[Exception], Callable[[Any], str]] = {
    ReasonMissing: lambda _: "Say why; the seller may read it.",
    WrongState: lambda error: f"It is {error.state} by now, and cannot become {error.wanted}.",
    CaseClosed: lambda _: "Somebody else was faster: this case is closed.",
    ScannedMeanwhile: lambda _: (
        "It was scanned again meanwhile. Read what was found now, then decide."
    ),
    DisputeDecided: lambda _: "Somebody else was faster: this dispute has its answer.",
    ExceptionWithdrawn: lambda _: "Somebody else was faster: it is withdrawn already.",
    RevocationWaiting: lambda _: (
        "Somebody has asked that it be taken out for good. Confirm or decline that first."
    ),
    RevocationEnded: lambda _: "Somebody else was faster: it is confirmed or declined already.",
    SecondPersonNeeded: lambda _: "You have asked for this yourself. Somebody else must confirm.",
    ListingRetired: lambda _: "Its listing is retired, so it cannot be published.",
}
REFUSALS = (ReleasesError, ListingRetired)


def actor(request: HttpRequest) -> Actor:
    """Return who acts."""
    assert isinstance(request.user, User)
    return Actor.staff(request.user, origin=origin_of(request))


def may(request: HttpRequest, permission: str) -> bool:
    """Tell whether somebody has a permission."""
    assert isinstance(request.user, User)
    return request.user.has_perm(permission)


def says(refusal: Exception) -> str:
    """Return what to tell somebody whose act was refused."""
    return _SAYS[type(refusal)](refusal)
