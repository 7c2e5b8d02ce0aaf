"""An empty browser at the site, and a shelf to look at."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from accounts import staff
from accounts.actor import Actor
from accounts.models import User
from catalog.models import Listing, Vendor
from tests import shelf, signed_in
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.live import LiveSite


@dataclass(frozen=True, slots=True)
class Visit:
    """An empty browser at the site, whose database holds nobody yet."""

    live: LiveSite
    context: BrowserContext
    page: Page

    def sign_in(
        self, *, is_staff: bool = False, group: str = "", proven_ago: timedelta = timedelta()
    ) -> User:
        """Give the browser a session of somebody with a name of the longest kind.

        is_staff: of a superuser. group: of a member of a group of staff.
        """
        user: User = UserFactory.create(
            username="margarethe-van-der-wonderlich", is_staff=is_staff, is_superuser=is_staff
        )
        if group:
            staff.appoint(user, group=group, by=Actor.system(), now=timezone.now())
            user.refresh_from_db()
        client = Client()
        signed_in.sign_in(client, user, proven_ago=proven_ago)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.live.base_url}
        self.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict, spelled out
        return user

    def enter_code(self, code: str) -> None:
        """Type a device's code on its page."""
        self.page.goto("/device")
        self.page.get_by_label("Code").fill(code)
        self.press("Continue")

    def press(self, name: str) -> None:
        """Press the button of that name and wait for where it leads."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Follow the last link of that name and wait for where it leads."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).last.click()


def fill_shelf(visit: Visit, user: User | None = None) -> Listing:
    """Put packages of every kind on the shelf; return the first, of `user` if there is one."""
    seller = {"user": user} if user else {}
    vendor: Vendor = VendorFactory.create(slug="acme", verified_at=timezone.now(), **seller)
    long: Listing = ListingFactory.create(
        vendor=vendor,
        slug="a-very-long-name-" + "x" * 70,
        title="W" * 80,
        summary="Reads, splits and fills PDF files. " * 20,
        tags=["documents", "w" * 32],
        is_verified=True,
        runs_code=True,
        targets=["claude-code", "generic"],
    )
    shelf.published(listing=long)
    for kind in ("rule", "bundle", "template", "mcp"):
        ListingFactory.create(vendor=vendor, type=kind, price_cents=499)
    return long
