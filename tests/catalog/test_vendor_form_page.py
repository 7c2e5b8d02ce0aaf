"""Taking a name to sell under, and saying who that is."""

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Vendor
from tests.factories.catalog import VendorFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

NEW = "/sell/vendors/new"
EDIT = "/sell/vendors/acme"


@pytest.fixture(autouse=True)
def _at_home(client: Client, alice: User) -> None:
    sign_in(client, alice)


def test_a_name_is_taken(client: Client, alice: User) -> None:
    answer = client.post(NEW, {"slug": "acme", "display_name": "Acme", "bio": "", "website": ""})
    assert (answer.status_code, answer["Location"]) == (302, "/sell")
    vendor = Vendor.objects.get()
    assert (vendor.slug, vendor.display_name, vendor.user) == ("acme", "Acme", alice)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "mog"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"slug": "No Name"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"display_name": ""}, "display_name"),
        ({"website": "http://example.com"}, "website"),
        ({"website": "javascript:alert()"}, "website"),
        ({"bio": "x" * 501}, "bio"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    client: Client, changes: dict[str, str], field: str
) -> None:
    VendorFactory.create(slug="taken")
    said = {"slug": "acme", "display_name": "Acme", "bio": "", "website": ""}
    answer = client.post(NEW, said | changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Vendor.objects.exclude(slug="taken").exists()


def test_a_profile_is_changed(client: Client, alice: User) -> None:
    vendor = VendorFactory.create(slug="acme", user=alice)
    answer = client.post(EDIT, {"display_name": "New", "website": "https://example.com"})
    assert answer["Location"] == "/acme"
    vendor.refresh_from_db()
    assert (vendor.display_name, vendor.website) == ("New", "https://example.com")


def test_a_wrong_profile_comes_back(client: Client, alice: User) -> None:
    VendorFactory.create(slug="acme", user=alice)
    answer = client.post(EDIT, {"display_name": "New", "website": "ftp://example.com"})
    assert set(answer.context["form"].errors) == {"website"}


def test_another_persons_vendor_is_not_found(client: Client) -> None:
    vendor = VendorFactory.create(slug="acme", display_name="Acme")
    assert client.get(EDIT).status_code == 404
    assert client.post(EDIT, {"display_name": "New"}).status_code == 404
    vendor.refresh_from_db()
    assert vendor.display_name == "Acme"


def test_who_is_not_signed_in_is_led_to_do_so() -> None:
    assert Client().get(NEW)["Location"] == "/sign-in?next=%2Fsell%2Fvendors%2Fnew"
