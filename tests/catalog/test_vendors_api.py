"""Becoming a vendor through the API."""

import pytest
from django.test import Client

from accounts.models import Namespace, User
from audit.actions import Action
from audit.models import Event
from catalog import vendors
from catalog.models import Listing, Vendor
from catalog.vendors import Profile
from tests.bearer import SELLER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import ListingFactory, VendorFactory

pytestmark = pytest.mark.django_db

VENDORS = "/v1/vendors"


def open_vendor(client: Client, **fields: str) -> tuple[int, dict[str, object]]:
    """Ask for a vendor; return status and answer."""
    body = {"slug": "acme", "displayName": "Acme"} | fields
    answer = client.post(VENDORS, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_seller_takes_a_name(alice: User) -> None:
    status, body = open_vendor(Bearer(alice, SELLER).client, website="https://acme.example")
    assert status == 201
    assert body == {
        "id": body["id"],
        "slug": "acme",
        "displayName": "Acme",
        "bio": "",
        "website": "https://acme.example",
        "verified": False,
    }
    assert Vendor.objects.get().user == alice
    assert Event.objects.filter(action=Action.VENDOR_OPENED).count() == 1


def test_an_organization_sells_under_its_own_name(alice: User) -> None:
    organization = OrganizationFactory.create()
    bearer = Bearer(alice, SELLER, kind="organization", organization=organization)
    status, _ = open_vendor(bearer.client, slug=organization.namespace.slug)
    assert status == 201
    vendor = Vendor.objects.get()
    assert (vendor.organization, vendor.user) == (organization, None)
    assert Namespace.objects.count() == 1


def test_an_organization_sells_once(alice: User) -> None:
    organization = OrganizationFactory.create()
    bearer = Bearer(alice, SELLER, kind="organization", organization=organization)
    open_vendor(bearer.client, slug=organization.namespace.slug)
    status, body = open_vendor(bearer.client, slug="another")
    assert (status, body["details"]) == (422, {"slug": ["This organization sells already."]})


def test_a_taken_name_is_refused(alice: User) -> None:
    VendorFactory.create(slug="acme")
    status, body = open_vendor(Bearer(alice, SELLER).client)
    assert (status, body["code"]) == (422, "invalid_name")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("displayName", " "),
        ("displayName", "A\u202eB"),
        ("displayName", "x" * 81),
        ("website", "http://acme.example"),
        ("website", "javascript:alert(1)"),
        ("bio", "x" * 501),
    ],
)
def test_a_profile_that_cannot_be_is_refused(alice: User, field: str, value: str) -> None:
    status, body = open_vendor(Bearer(alice, SELLER).client, **{field: value})
    assert (status, body["code"]) == (422, "invalid_fields")
    assert list(body["details"]) == [field]  # type: ignore[call-overload]  # an object
    assert not Namespace.objects.exists()


def test_a_name_longer_than_a_vendors_is_refused(alice: User) -> None:
    status, body = open_vendor(Bearer(alice, SELLER).client, slug="a" * 33)
    assert (status, body["code"]) == (422, "invalid_name")


def test_selling_needs_its_scope(alice: User) -> None:
    status, body = open_vendor(Bearer(alice, "read").client)
    assert (status, body["code"]) == (403, "missing_scope")


def test_anybody_sees_a_vendor(api_client: Client) -> None:
    VendorFactory.create(slug="acme", display_name="Acme")
    answer = api_client.get(f"{VENDORS}/acme")
    assert answer.json()["displayName"] == "Acme"
    assert answer.headers["Cache-Control"].startswith("public")


def test_a_vendor_nobody_knows_is_not_found(api_client: Client) -> None:
    assert api_client.get(f"{VENDORS}/acme").status_code == 404


def test_an_edited_profile_is_recorded(alice: User, now: object) -> None:
    vendor = VendorFactory.create(user=alice)
    actor = Bearer(alice, SELLER).actor
    vendors.edit_profile(vendor, Profile(display_name="New"), by=actor, now=now)  # type: ignore[arg-type]  # the fixture is a datetime
    vendor.refresh_from_db()
    assert vendor.display_name == "New"
    assert Event.objects.get(action=Action.VENDOR_EDITED).subject == vendor.subject


def test_the_badge_reaches_everything_the_vendor_offers(alice: User) -> None:
    listing = ListingFactory.create()
    actor = Bearer(alice).actor
    for is_verified in (True, True, False):
        vendors.set_verified(
            listing.vendor,
            is_verified=is_verified,
            by=actor,
            now=listing.created_at,
        )
        row = Listing.objects.get()
        assert row.is_verified is is_verified
        assert ("verified:yes" in row.search_words) is is_verified
    assert Event.objects.filter(action=Action.VENDOR_VERIFIED).count() == 2
