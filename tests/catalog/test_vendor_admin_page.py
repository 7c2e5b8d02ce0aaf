"""Vendors, listings and entitlements in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import EntitlementFactory
from tests.signed_in import sign_in
from tests.transfers import offered

pytestmark = pytest.mark.django_db

VENDORS = "/admin/catalog/vendor/"


@pytest.fixture
def root(client: Client) -> User:
    user: User = UserFactory.create(username="root", is_staff=True, is_superuser=True)
    sign_in(client, user)
    return user


def test_a_badge_is_given_and_taken(client: Client, root: User) -> None:
    listing = ListingFactory.create()
    for action, expected in (("verify", True), ("unverify", False)):
        client.post(VENDORS, {"action": action, "_selected_action": [listing.vendor.pk]})
        listing.refresh_from_db()
        listing.vendor.refresh_from_db()
        assert (listing.is_verified, listing.vendor.is_verified) == (expected, expected)
    events = Event.objects.filter(action=Action.VENDOR_VERIFIED, actor_id=root.public_id)
    assert events.count() == 2


def test_who_may_only_look_gives_no_badge(client: Client) -> None:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_vendor"))
    sign_in(client, user)
    vendor = ListingFactory.create().vendor
    assert client.get(VENDORS).status_code == 200
    client.post(VENDORS, {"action": "verify", "_selected_action": [vendor.pk]})
    vendor.refresh_from_db()
    assert not vendor.is_verified


@pytest.mark.parametrize(
    "table",
    ["catalog/vendor", "catalog/listing", "catalog/listingtransfer", "payments/entitlement"],
)
def test_rows_are_looked_at_and_never_changed(client: Client, root: User, table: str) -> None:
    entitlement = EntitlementFactory.create()
    listing = Listing.objects.with_vendor().get(pk=entitlement.listing_id)
    rows = {
        "vendor": listing.vendor,
        "listing": listing,
        "listingtransfer": offered(listing, VendorFactory.create(), now=timezone.now()),
    }
    row = rows.get(table.partition("/")[2], entitlement)
    assert client.get(f"/admin/{table}/").status_code == 200
    assert client.get(f"/admin/{table}/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/{table}/{row.pk}/change/", {}).status_code == 403
    assert client.post(f"/admin/{table}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"/admin/{table}/add/").status_code == 403
