"""Packages that change hands, for tests that are about what comes after."""

from datetime import datetime

from accounts.actor import Actor
from accounts.models import Organization, Role, User
from catalog import transfers
from catalog.models import Listing, ListingTransfer, Vendor
from releases import handovers
from tests.devices import person
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.catalog import VendorFactory


def present(user: User) -> Actor:
    """Return somebody in a browser who has proven who they are."""
    return person(user)


def organizations_vendor(slug: str, **roles: User) -> Vendor:
    """Return the vendor of a new organization; `owner=alice` makes her that of it."""
    organization: Organization = OrganizationFactory.create()
    for role, user in roles.items():
        MembershipFactory.create(organization=organization, user=user, role=Role(role))
    vendor: Vendor = VendorFactory.create(slug=slug, user=None, organization=organization)
    return vendor


def offered(listing: Listing, to: Vendor, *, now: datetime) -> ListingTransfer:
    """Return an open offer of a person's listing."""
    assert listing.vendor.user is not None
    made = transfers.offer(listing, to=to.slug, by=present(listing.vendor.user), now=now)
    return fresh(made)


def handed_over(listing: Listing, to: Vendor, *, now: datetime) -> Listing:
    """Let another person sell a listing; return it as it is then."""
    assert to.user is not None
    handovers.accept(offered(listing, to, now=now), by=present(to.user), now=now)
    return Listing.objects.with_vendor().get(pk=listing.pk)


def fresh(transfer: ListingTransfer) -> ListingTransfer:
    """Return an offer as its row stands."""
    return ListingTransfer.objects.with_sides().get(pk=transfer.pk)
