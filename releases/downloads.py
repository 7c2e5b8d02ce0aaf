"""Who may fetch which version, and a link that opens it for a few minutes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.scopes import Scope
from catalog.models import Listing, ListingQuerySet
from payments import delivery, entitlements
from payments.delivery import Parcel
from payments.models import Entitlement
from releases import storage
from releases.errors import (
    EntitlementRequired,
    NothingPublished,
    ReleaseRevoked,
    ReleaseSuspended,
)
from releases.models import DailyDownload, Release
from releases.states import INSTALLABLE, State
from releases.storage import SignedUrl


@dataclass(frozen=True, slots=True)
class Ticket:
    """A release to fetch, where, and by what right; None for those whose package it is."""

    release: Release
    link: SignedUrl
    entitlement: Entitlement | None


def reachable(by: Actor) -> ListingQuerySet:
    """Return the listings whose bytes an actor may ask for: what they see, and what they have.

    Who has a listing keeps it, whatever became of it on the shelf.
    """
    held = Entitlement.objects.held_by(by).active().values("listing")
    # Not `pk__in=visible`: PostgreSQL would list all that is visible before it looks for a name.
    either = Listing.objects.visible_to(by) | Listing.objects.filter(pk__in=held)
    return either.with_vendor().without_texts()


def issue_ticket(listing: Listing, *, version: str | None, by: Actor, now: datetime) -> Ticket:
    """Sign a link to one version, the latest one if none is named, and count it.

    listing: one that the actor may see.
    Raises SignInRequired, MissingScope, EntitlementRequired, NothingPublished, ReleaseSuspended,
    ReleaseRevoked and DeliveryBlocked.
    """
    user = by.require_scope(Scope.DOWNLOAD)
    entitlement = _right_to(listing, by=by)
    release = _release(listing, version)
    _require_installable(release)
    delivery.require_allowed(_parcel(listing, release), by=by, now=now)
    artifact = release.artifact
    link = storage.sign_url(sha256=artifact.sha256, file_name=_file_name(listing, release), now=now)
    with transaction.atomic():
        if entitlement is not None and not entitlements.use(entitlement, now=now):
            raise EntitlementRequired(listing)
        DailyDownload.objects.bulk_create(
            [DailyDownload(listing=listing, user=user, day=now.date())], ignore_conflicts=True
        )
    return Ticket(release, link, entitlement)


def _right_to(listing: Listing, *, by: Actor) -> Entitlement | None:
    """Return the entitlement; None for those who own the package; raises EntitlementRequired."""
    entitlement = entitlements.active_entitlement(listing, by=by)
    if entitlement is not None:
        return entitlement
    if listing.vendor.is_of_party(by):
        # Members, too, also of what is private. Who holds that since it was for sale does not own
        # it: their entitlement may have ended a moment ago.
        return None
    raise EntitlementRequired(listing)


def _release(listing: Listing, version: str | None) -> Release:
    shown = Release.objects.shown_of(listing).select_related("artifact").defer("artifact__files")
    if version is not None:
        release = shown.filter(version=version).first()
    else:
        release = shown.filter(state=State.PUBLISHED).highest_first().first()
        release = release or shown.highest_first().first()
    if release is None:
        raise NothingPublished
    return release


def _require_installable(release: Release) -> None:
    if release.state == State.SUSPENDED:
        raise ReleaseSuspended
    if release.state == State.REVOKED:
        raise ReleaseRevoked
    assert State(release.state) in INSTALLABLE


def _parcel(listing: Listing, release: Release) -> Parcel:
    assert release.published_at is not None  # a constraint holds it
    return Parcel(
        listing=listing,
        version=release.version,
        runs_code=release.artifact.runs_code,
        released_at=release.published_at,
    )


def _file_name(listing: Listing, release: Release) -> str:
    return f"{listing.name.replace('/', '-')}-{release.version}.zip"
