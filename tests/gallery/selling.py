"""Selling: one's name, packages and releases."""

from collections.abc import Callable

from django.utils import timezone

from catalog.models import Listing
from releases.states import State
from tests import shelf, transfers
from tests.factories.accounts import UserFactory
from tests.factories.catalog import VendorFactory
from tests.factories.releases import ReleaseFactory
from tests.gallery.visit import Visit, fill_shelf


def _sell_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/sell")


def _sell_begun(visit: Visit) -> None:
    VendorFactory.create(user=visit.sign_in())
    visit.page.goto("/sell")


def _sell(visit: Visit) -> None:
    listing = fill_shelf(visit, visit.sign_in())
    for number, state in enumerate(State):
        ReleaseFactory.create(listing=listing, version=f"2.{number}.0", state=state)
    visit.page.goto("/sell")


def _vendor_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/sell/vendors/new")


def _vendor_new_wrong(visit: Visit) -> None:
    _vendor_new(visit)
    visit.page.get_by_label("Name", exact=True).fill("mog")
    visit.page.get_by_label("Display name").fill("Mog")
    visit.press("Take this name")


def _vendor_edit(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    visit.page.goto("/sell/vendors/acme")


def _upload(visit: Visit) -> None:
    VendorFactory.create(slug="acme", user=visit.sign_in())
    visit.page.goto("/sell/upload")


def _upload_wrong(visit: Visit) -> None:
    _upload(visit)
    file = {"name": "package.zip", "mimeType": "application/zip", "buffer": b"PK"}
    visit.page.get_by_label("Archive", exact=True).set_input_files(file)  # type: ignore[arg-type]  # a TypedDict
    visit.page.get_by_label("Package name").fill("another/pdf-tools")
    visit.page.get_by_label("Version").fill("one")
    visit.press("Upload")


def _release_in(state: State, *, problem: str = "") -> Callable[[Visit], None]:
    """Return a visit to one's own release in a state."""

    def show(visit: Visit) -> None:
        listing = fill_shelf(visit, visit.sign_in())
        release = shelf.judged(state, listing=listing, version="2.0.0", problem=problem)
        visit.page.goto(f"/releases/{release.public_id}")

    return show


def _release_contested(state: State) -> Callable[[Visit], None]:
    """Return a visit to one's own release that has findings of every weight."""

    def show(visit: Visit) -> None:
        listing = fill_shelf(visit, visit.sign_in())
        release = shelf.contested(state, listing=listing, version="2.0.0")
        visit.page.goto(f"/releases/{release.public_id}")

    return show


def _release_contest_wrong(visit: Visit) -> None:
    _release_contested(State.HELD)(visit)
    visit.page.locator(".finding summary").first.click()
    forms = visit.page.locator(".finding form")
    forms.first.evaluate("form => form.noValidate = true")
    with visit.page.expect_navigation():
        forms.first.get_by_role("button", name="Send to a person").click()


def _release_rescanned(visit: Visit) -> None:
    _release_contested(State.PUBLISHED)(visit)
    visit.press("Scan it again")


def _release_waiting(visit: Visit) -> None:
    listing = fill_shelf(visit, visit.sign_in())
    release = ReleaseFactory.create(listing=listing, version="2.0.0", state=State.SCANNING)
    visit.page.goto(f"/releases/{release.public_id}")


def _release_withdraw_wrong(visit: Visit) -> None:
    _release_in(State.PUBLISHED)(visit)
    visit.page.locator("summary", has_text="Withdraw this release").click()
    visit.page.locator("form[action$=withdrawal]").evaluate("form => form.noValidate = true")
    visit.press("Withdraw")


def _offered(visit: Visit, *, is_to_them: bool) -> None:
    """Let a package with a name of the longest kind be offered to or by the person."""
    person, other = visit.sign_in(), UserFactory.create()
    giver, taker = (other, person) if is_to_them else (person, other)
    listing = fill_shelf(visit, giver)
    Listing.objects.filter(pk=listing.pk).update(price_cents=499)
    receiver = VendorFactory.create(slug="globex-" + "x" * 25, user=taker)
    transfers.offered(listing, receiver, now=timezone.now())


def _transfers(visit: Visit) -> None:
    _offered(visit, is_to_them=True)
    visit.page.goto("/sell/transfers")


def _transfers_asked(visit: Visit) -> None:
    _transfers(visit)
    visit.page.locator("summary", has_text="Take it over").click()


def _transfers_ended(visit: Visit) -> None:
    _offered(visit, is_to_them=False)
    visit.page.goto("/sell/transfers")
    visit.page.locator("summary", has_text="Call it back").click()
    visit.press("Call this offer back")


def _transfers_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/sell/transfers")


def _transfer_new(visit: Visit) -> None:
    listing = fill_shelf(visit, visit.sign_in())
    visit.page.goto(f"/{listing.name}/transfer")


def _transfer_new_wrong(visit: Visit) -> None:
    _transfer_new(visit)
    visit.page.get_by_label("New vendor").fill("nobody")
    visit.press("Offer it")


def _listing_offered(visit: Visit) -> None:
    _offered(visit, is_to_them=False)
    visit.page.goto(f"/{Listing.objects.earliest('pk').name}/edit")


def _listing_moved(visit: Visit) -> None:
    seller = UserFactory.create()
    listing = fill_shelf(visit, seller)
    receiver = VendorFactory.create(slug="globex-" + "x" * 25, user=visit.sign_in())
    transfers.handed_over(listing, receiver, now=timezone.now())
    visit.page.goto(f"/{listing.name}")


def _release_of_new_owner(visit: Visit) -> None:
    listing = fill_shelf(visit, UserFactory.create())
    release = shelf.judged(State.ACCEPTED, listing=listing, version="2.0.0")
    receiver = VendorFactory.create(slug="globex", user=visit.sign_in())
    transfers.handed_over(listing, receiver, now=timezone.now())
    visit.page.goto(f"/releases/{release.public_id}")


PAGES: dict[str, Callable[[Visit], None]] = {
    "sell-empty": _sell_empty,
    "sell-begun": _sell_begun,
    "sell": _sell,
    "vendor-new": _vendor_new,
    "vendor-new-wrong": _vendor_new_wrong,
    "vendor-edit": _vendor_edit,
    "transfers": _transfers,
    "transfers-asked": _transfers_asked,
    "transfers-ended": _transfers_ended,
    "transfers-empty": _transfers_empty,
    "transfer-new": _transfer_new,
    "transfer-new-wrong": _transfer_new_wrong,
    "listing-offered": _listing_offered,
    "listing-moved": _listing_moved,
    "release-of-new-owner": _release_of_new_owner,
    "upload": _upload,
    "upload-wrong": _upload_wrong,
    "release-waiting": _release_waiting,
    "release-accepted": _release_in(State.ACCEPTED),
    "release-held": _release_in(State.HELD, problem="scan_incomplete"),
    "release-rejected": _release_in(State.REJECTED, problem="name_mismatch"),
    "release-published": _release_in(State.PUBLISHED),
    "release-contested": _release_contested(State.HELD),
    "release-contest-wrong": _release_contest_wrong,
    "release-flagged": _release_contested(State.PUBLISHED),
    "release-stopped": _release_contested(State.SUSPENDED),
    "release-rescanned": _release_rescanned,
    "release-withdraw-wrong": _release_withdraw_wrong,
    "release-suspended": _release_in(State.SUSPENDED),
}
