"""An organization with one private package, whose words appear nowhere else."""

from dataclasses import dataclass

from accounts.models import Organization, User
from catalog.models import Listing, Vendor, Visibility
from releases.models import Release
from tests.factories.accounts import MembershipFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory

VENDOR = "acme-tools"
SLUG = "moonshot-plans"
# What nobody else may ever read; the slug stands in addresses that they send themselves.
WORDS = ("Zephyr ledger", "Counts zephyrs.", "zephyrtag", "zephyr-readme")


@dataclass(frozen=True, slots=True)
class Kept:
    """The organization's vendor, and what it keeps private."""

    organization: Organization
    vendor: Vendor
    listing: Listing
    release: Release


def open_vendor(owner: User, organization: Organization | None = None) -> Vendor:
    """Let an organization of somebody's sell, with one package on the shelf."""
    organization = organization or MembershipFactory.create(user=owner).organization
    vendor = VendorFactory.create(user=None, organization=organization, slug=VENDOR)
    public = ListingFactory.create(vendor=vendor, slug="open-plans", title="Open plans")
    ArtifactFactory.create(release=ReleaseFactory.create(listing=public))
    return vendor


def keep(vendor: Vendor, *, price_cents: int = 0) -> Kept:
    """Keep a package private that has one release."""
    assert vendor.organization is not None
    listing = ListingFactory.create(
        vendor=vendor,
        slug=SLUG,
        title=WORDS[0],
        summary=WORDS[1],
        tags=[WORDS[2]],
        readme_html=f"<p>{WORDS[3]}</p>",
        readme_text=WORDS[3],
        visibility=Visibility.PRIVATE,
        price_cents=price_cents,
        latest_version="7.7.7",
    )
    release = ReleaseFactory.create(listing=listing, version="7.7.7")
    ArtifactFactory.create(release=release, readme_html=f"<p>{WORDS[3]}</p>")
    return Kept(vendor.organization, vendor, listing, release)
