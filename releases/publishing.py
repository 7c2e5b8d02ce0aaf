"""Put a release on the shelf, take it back, and tell the listing what is the latest."""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.scopes import Scope
from catalog import listings, readme
from catalog.errors import ListingRetired, TypeChanged
from catalog.listings import ReleaseFacts
from catalog.models import Listing, ListingState
from releases import moves, reasons
from releases.models import Release
from releases.states import State

_OBSTACLES = {ListingRetired: "listing_retired", TypeChanged: "type_changed"}


def publish(release: Release, *, by: Actor, now: datetime) -> None:
    """Put an accepted release on the shelf, as its seller.

    Raises WrongState, ListingRetired, TypeChanged and Listing.DoesNotExist.
    """
    by.require_scope(Scope.SELL)
    with transaction.atomic():
        release.lock_listing_of_seller()
        publish_accepted(release, by=by, now=now)


def publish_accepted(release: Release, *, by: Actor, now: datetime) -> None:
    """Do the same inside a transaction that may just have accepted it.

    Raises WrongState, ListingRetired and TypeChanged before anything has moved.
    """
    listing = _locked(release)
    if listing.state == ListingState.RETIRED:
        raise ListingRetired
    listings.require_same_type(listing, release.artifact.manifest["type"])
    moves.move(
        release,
        State.PUBLISHED,
        leaving={State.ACCEPTED},
        by=by,
        now=now,
        changes={"published_at": now},
    )
    tell_listing(listing, now=now)


def publish_if_asked(release: Release, *, by: Actor, now: datetime) -> None:
    """Publish what was just accepted, if its seller wants that and its listing still takes it."""
    if not release.is_to_publish:
        return
    try:
        with transaction.atomic():
            publish_accepted(release, by=by, now=now)
    except (ListingRetired, TypeChanged) as error:
        release.problem = _OBSTACLES[type(error)]
        release.is_to_publish = False
        release.save(update_fields=["problem", "is_to_publish"])


def withdraw(release: Release, *, reason: str, by: Actor, now: datetime) -> None:
    """Take a release off the shelf; who has the listing may still install exactly this version.

    Raises ReasonMissing, WrongState and Listing.DoesNotExist.
    """
    by.require_scope(Scope.SELL)
    reasons.require(reason)
    with transaction.atomic():
        listing = release.lock_listing_of_seller()
        moves.move(
            release,
            State.WITHDRAWN,
            leaving={State.PUBLISHED},
            by=by,
            now=now,
            reason=reason.strip(),
        )
        tell_listing(listing, now=now)


def tell_listing(listing: Listing, *, now: datetime) -> None:
    """Push the facts of the highest published version down to the shelf."""
    published = Release.objects.filter(listing=listing, state=State.PUBLISHED)
    latest = published.select_related("artifact").highest_first().first()
    listings.take_facts(listing, _facts(latest) if latest else None, now=now)


def _locked(release: Release) -> Listing:
    """Return the listing, held: two releases of one listing take turns to be the latest."""
    return Listing.objects.select_for_update().get(pk=release.listing_id)


def _facts(release: Release) -> ReleaseFacts:
    artifact = release.artifact
    manifest = artifact.manifest
    return ReleaseFacts(
        version=release.version,
        type=manifest["type"],
        summary=manifest["description"],
        keywords=manifest["keywords"],
        targets=manifest["targets"],
        license=manifest["license"],
        runs_code=artifact.runs_code,
        readme_html=artifact.readme_html,
        readme_text=readme.plain(artifact.readme_html),
        capabilities=artifact.capabilities,
    )
