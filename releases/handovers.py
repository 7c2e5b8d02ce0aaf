"""Take a listing over, and have a person look at what its new owner brings first.

Whoever takes a listing over gets all that trust which others have earned for it. So what is not
published yet is held, clean or not, and so is what the new owner uploads, until a person has let
one of their own releases pass.
"""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from catalog import transfers
from catalog.models import Listing, ListingTransfer
from releases import cases, doubts, handover_mail, notices
from releases.models import Cause, Handover, Release
from releases.states import State

_UNPUBLISHED = [State.UPLOADED, State.SCANNING, State.ACCEPTED, State.HELD]
_HELD = "The package has changed hands."


def accept(transfer: ListingTransfer, *, by: Actor, now: datetime) -> Handover:
    """Take what was offered: whoever accepts it sells it from now on, under the name it has.

    Raises what `transfers.hand_over` does; then nothing has changed.
    """
    with transaction.atomic():
        listing = transfers.hand_over(transfer, by=by, now=now)
        handover = Handover.objects.create(transfer=transfer, at=now)
        _hold_back(listing, now=now)
        handover_mail.tell_on_commit(handover)
    return handover


def is_watched(release: Release) -> bool:
    """Tell whether a person is to look at a release because of who owns it now."""
    return Handover.objects.watching(release).exists()


def cause_to_hold(release: Release) -> Cause:
    """Return why a release that is held waits for a person."""
    return Cause.NEW_OWNER if is_watched(release) else Cause.HELD


def vouch(release: Release, *, by: Actor, now: datetime) -> None:
    """Let later releases pass by their scan again, if this one is the new owner's own.

    Inside the transaction by which a person lets it pass.
    """
    doubted = Handover.objects.unvouched().filter(
        transfer__listing=release.listing_id, at__lt=release.created_at
    )
    doubted.update(vouched_at=now, vouched_by=by.require_user(), vouched_release=release)


def _hold_back(listing: Listing, *, now: datetime) -> None:
    """Let nothing that was uploaded before go on by itself."""
    left = Release.objects.filter(listing=listing, state__in=_UNPUBLISHED)
    left.update(is_to_publish=False)
    decided = left.filter(state__in=[State.ACCEPTED, State.HELD])
    for release in decided.with_listing().order_by("pk"):
        if release.state == State.ACCEPTED:
            doubts.hold(release, Cause.NEW_OWNER, reason=_HELD, now=now)
        else:
            cases.open_case(release, Cause.NEW_OWNER, now=now)
            notices.tell_seller(release)
