"""What staff decides about a release; every decision has a reason that its seller may read."""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from audit.actions import Action
from catalog.models import Listing
from releases import moves, notices, publishing, storage, vetting
from releases.errors import ReasonMissing, WrongState
from releases.models import Release
from releases.states import INSTALLABLE, State

_HELD = frozenset({State.HELD})


def accept(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a held release through; it is published at once if its seller has asked for that.

    Raises ReasonMissing, and WrongState also for one whose scan never ended: there is nothing to
    accept, only to examine again.
    """
    _require(reason)
    if not hasattr(release, "artifact"):
        raise WrongState(state=State(release.state), wanted=State.ACCEPTED)
    with transaction.atomic():
        moves.move(release, State.ACCEPTED, leaving=_HELD, by=by, now=now, reason=reason)
        if release.is_to_publish:
            publishing.publish_accepted(release, by=by, now=now)
        notices.tell_seller(release)


def reject(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Refuse a held release; its version is free again. Raises ReasonMissing and WrongState."""
    _require(reason)
    upload_key = release.upload_key
    with transaction.atomic():
        moves.move(
            release,
            State.REJECTED,
            leaving=_HELD,
            by=by,
            now=now,
            reason=reason,
            changes={"upload_key": ""},
        )
        notices.tell_seller(release)
        if upload_key:
            transaction.on_commit(lambda: storage.drop_upload(upload_key), robust=True)


def examine_again(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Send a release back whose scan did not end. Raises ReasonMissing and WrongState."""
    _require(reason)
    if not release.upload_key:
        raise WrongState(state=State(release.state), wanted=State.UPLOADED)
    with transaction.atomic():
        changes = {"attempts": 0, "problem": "", "lease_until": now + vetting.MESSAGE_TIME}
        moves.move(
            release,
            State.UPLOADED,
            leaving=_HELD,
            by=by,
            now=now,
            reason=reason,
            changes=changes,
        )
        vetting.vet_on_commit(release)


def suspend(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Stop a release at once, for everybody. Raises ReasonMissing and WrongState."""
    _require(reason)
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=release.listing_id)
        moves.move(release, State.SUSPENDED, leaving=INSTALLABLE, by=by, now=now, reason=reason)
        publishing.tell_listing(listing, now=now)
        notices.tell_seller(release)


def restore(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Let a suspended release go back to where it was. Raises ReasonMissing and WrongState."""
    _require(reason)
    last = release.transitions.filter(after=State.SUSPENDED).order_by("-id").first()
    if release.state != State.SUSPENDED or last is None:
        raise WrongState(state=State(release.state), wanted=State.PUBLISHED)
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=release.listing_id)
        moves.move(
            release,
            State(last.before),
            leaving={State.SUSPENDED},
            by=by,
            now=now,
            reason=reason,
            action=Action.RELEASE_RESTORED,
        )
        publishing.tell_listing(listing, now=now)
        notices.tell_seller(release)


def _require(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing
