"""What anybody may see: home, search, vendors, packages; and one's library."""

from collections.abc import Callable

from catalog.models import Listing, ListingState, Vendor
from releases.models import Release
from releases.states import State
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import (
    EntitlementFactory,
)
from tests.gallery.visit import Visit, fill_shelf


def _home(visit: Visit) -> None:
    visit.page.goto("/")


def _home_with_packages(visit: Visit) -> None:
    fill_shelf(visit)
    visit.page.goto("/")


def _search(visit: Visit) -> None:
    fill_shelf(visit)
    visit.page.goto("/search?vendor=acme&verified=on")


def _search_filters(visit: Visit) -> None:
    fill_shelf(visit)
    visit.page.set_viewport_size({"width": 700, "height": 900})
    visit.page.goto("/search")
    visit.page.locator(".search-page__filters summary").click()


def _search_nothing(visit: Visit) -> None:
    visit.page.goto("/search?q=nothing")


def _search_impossible(visit: Visit) -> None:
    visit.page.goto("/search?type=virus&tag=%3F%3F")


def _vendor(visit: Visit) -> None:
    fill_shelf(visit)
    Vendor.objects.update(bio="We read PDFs. " * 30, website=f"https://{'w' * 60}.example")
    visit.page.goto("/acme")


def _vendor_own_empty(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    visit.page.goto("/acme")


def _listing(visit: Visit) -> None:
    visit.page.goto(f"/{fill_shelf(visit).name}")


def _listing_signed_in(visit: Visit) -> None:
    visit.sign_in()
    _listing(visit)


def _listing_got(visit: Visit) -> None:
    _listing_signed_in(visit)
    visit.press("Get it")


def _listing_with_price(visit: Visit) -> None:
    visit.sign_in()
    listing = fill_shelf(visit)
    Listing.objects.update(price_cents=499)
    visit.page.goto(f"/{listing.name}")


def _listing_draft(visit: Visit) -> None:
    vendor = VendorFactory.create(slug="acme", user=visit.sign_in())
    listing = ListingFactory.create(vendor=vendor, state=ListingState.DRAFT, type="")
    visit.page.goto(f"/{listing.name}")


def _listing_retired(visit: Visit) -> None:
    listing = fill_shelf(visit, visit.sign_in())
    Listing.objects.filter(pk=listing.pk).update(state=ListingState.RETIRED)
    visit.page.goto(f"/{listing.name}")


def _listing_in(state: State) -> Callable[[Visit], None]:
    """Return a visit to a listing whose only release is in a state."""

    def show(visit: Visit) -> None:
        listing = fill_shelf(visit)
        Release.objects.update(state=state)
        visit.page.goto(f"/{listing.name}")

    return show


def _version(visit: Visit) -> None:
    listing = fill_shelf(visit)
    visit.page.goto(f"/{listing.name}/1.0.0")


def _listing_edit(visit: Visit) -> None:
    listing = fill_shelf(visit, visit.sign_in())
    visit.page.goto(f"/{listing.name}/edit")
    visit.page.locator(".confirm summary").click()


def _listing_edit_wrong(visit: Visit) -> None:
    listing = fill_shelf(visit, visit.sign_in())
    visit.page.goto(f"/{listing.name}/edit")
    visit.page.get_by_label("Price").fill("0.5")
    visit.page.get_by_label("Tags").fill("No tag!")
    visit.press("Save")


def _library_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/library")


def _library(visit: Visit) -> None:
    user = visit.sign_in()
    EntitlementFactory.create(user=user, listing=fill_shelf(visit))
    EntitlementFactory.create(user=user)
    visit.page.goto("/library")


PAGES: dict[str, Callable[[Visit], None]] = {
    "home": _home,
    "home-with-packages": _home_with_packages,
    "search": _search,
    "search-filters": _search_filters,
    "search-nothing": _search_nothing,
    "search-impossible": _search_impossible,
    "vendor": _vendor,
    "vendor-own-empty": _vendor_own_empty,
    "listing": _listing,
    "listing-signed-in": _listing_signed_in,
    "listing-got": _listing_got,
    "listing-with-price": _listing_with_price,
    "listing-draft": _listing_draft,
    "listing-retired": _listing_retired,
    "listing-withdrawn": _listing_in(State.WITHDRAWN),
    "listing-suspended": _listing_in(State.SUSPENDED),
    "listing-revoked": _listing_in(State.REVOKED),
    "listing-edit": _listing_edit,
    "listing-edit-wrong": _listing_edit_wrong,
    "version": _version,
    "library-empty": _library_empty,
    "library": _library,
}
