"""Who is there in every run: buyers and an organization, sellers and what they sell, staff."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from audit.who import Origin
from catalog.models import Listing, Vendor
from tests.bearer import Bearer
from tests.factories.accounts import OrganizationFactory, UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory

# The machine's clock goes from here towards the present, which is the provider's.
_BEFORE = timedelta(days=400)
_ON_SALE = timedelta(days=30)
_SCOPES = "account download purchase read"
# A tenth of each ends with half a cent, or less, or more.
PRICES = (1_005, 33_333, 2_499, 151)
_LIMITS = ("max_per_purchase", "daily_limit", "monthly_limit", "require_approval_above")


@dataclass(frozen=True)
class Buyer:
    """Somebody with a wallet, and the actor who pays from it."""

    party: User | Organization
    actor: Actor


@dataclass(frozen=True)
class Cast:
    """Everybody and everything; made once, since nothing in a run changes it."""

    begins_at: datetime
    buyers: list[Buyer] = field(default_factory=list)
    vendors: list[Vendor] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    staff: Actor = field(default_factory=lambda: _staff())


def made() -> Cast:
    """Make them; one of the buyers also acts for the organization."""
    cast = Cast(timezone.now() - _BEFORE)
    alice, bob = UserFactory.create(username="ann"), UserFactory.create(username="ben")
    company = OrganizationFactory.create()
    for party, user in ((alice, alice), (bob, bob), (company, bob)):
        user.spend_policies.update(**{f"{name}_cents": 10**9 for name in _LIMITS})
        kind = {"kind": "organization", "organization": party} if party is company else {}
        cast.buyers.append(Buyer(party, Bearer(user, _SCOPES, **kind).actor))
    cast.vendors.extend(VendorFactory.create() for _ in range(2))
    for number, price in enumerate(PRICES):
        vendor = cast.vendors[number % len(cast.vendors)]
        cast.listings.append(
            ListingFactory.create(
                vendor=vendor, price_cents=price, released_at=cast.begins_at - _ON_SALE
            )
        )
    return cast


def _staff() -> Actor:
    return Actor.staff(UserFactory.create(username="staff", is_staff=True), origin=Origin())
