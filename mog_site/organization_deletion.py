"""Delete an organization: an act that touches every room, so it stands above them."""

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts import memberships, organizations
from accounts.actor import Actor
from accounts.errors import OrganizationInUse
from accounts.models import Organization, Role
from catalog import listings, transfers
from catalog.models import Listing, ListingState
from payments import auto_top_up, cards_left_behind, unsettled


class Obstacle(StrEnum):
    """What has to be put in order before; the rest are `payments.unsettled.Tie`."""

    LIVE_LISTINGS = "live_listings"


def obstacles_of(organization: Organization) -> tuple[str, ...]:
    """Return what keeps an organization from being deleted now; empty where nothing does."""
    money = tuple(tie.value for tie in unsettled.ties_of(organization))
    live = Listing.objects.filter(vendor__organization=organization, state=ListingState.LIVE)
    return money + ((Obstacle.LIVE_LISTINGS.value,) if live.exists() else ())


@transaction.atomic
def delete(organization: Organization, *, by: Actor, now: datetime) -> None:
    """End it for good; its name stays taken, and what was bought and sold stays on record.

    Raises as require_role, StepUpRequired, and OrganizationInUse.
    """
    memberships.hold(organization, Role.OWNER, by=by)
    by.require_step_up()
    # Before the wallet is looked at: nothing fills it any more from here on.
    auto_top_up.switch_off(organization, by=by, now=now)
    listings.hold_shelf(organization)
    obstacles = obstacles_of(organization)
    if obstacles:
        raise OrganizationInUse(obstacles)
    listings.clear_shelf(organization, by=by, now=now)
    transfers.end_all_of(organization, by=by, now=now)
    cards_left_behind.remove_of(organization)
    organizations.close(organization, by=by, now=now)
