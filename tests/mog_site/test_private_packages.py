"""What an organization keeps private: whoever acts for it finds, reads and installs it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Role, User
from catalog.models import Listing, ListingState, Visibility
from payments.models import Entitlement
from releases import downloads
from releases.errors import EntitlementRequired
from tests.bearer import Bearer
from tests.factories.accounts import MembershipFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import EntitlementFactory
from tests.private_packages import SLUG, VENDOR, Kept, keep, open_vendor
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

NAME = f"{VENDOR}/{SLUG}"


@pytest.fixture
def kept(alice: User, bob: User) -> Kept:
    """Alice owns the organization; bob is a mere member."""
    vendor = open_vendor(alice)
    MembershipFactory.create(organization=vendor.organization, user=bob, role=Role.MEMBER)
    return keep(vendor)


@pytest.fixture
def browser(bob: User, kept: Kept) -> Client:
    """The browser of a member who acts for the organization."""
    client = Client()
    sign_in(client, bob)
    client.post("/settings/acting", {"organization": kept.organization.slug})
    return client


@pytest.fixture
def token(bob: User, kept: Kept) -> Client:
    """A member's token that acts for the organization."""
    return Bearer(bob, "download purchase read", organization=kept.organization).client


def download(client: Client, **headers: str) -> tuple[int, Any]:
    body = {"listing": NAME}
    answer = client.post("/v1/downloads", body, "application/json", headers=headers)
    return answer.status_code, answer.json()


def test_a_member_reads_it(browser: Client, token: Client) -> None:
    for path in (f"/{NAME}", f"/{NAME}/7.7.7"):
        page = browser.get(path).content.decode()
        assert "zephyr-readme" in page
        assert "Private" in page
    assert token.get(f"/v1/listings/{NAME}").json()["visibility"] == "private"
    assert token.get(f"/v1/listings/{NAME}/releases").json()["items"][0]["version"] == "7.7.7"


def test_membership_is_the_right_to_install_it(token: Client, bob: User, kept: Kept) -> None:
    status, ticket = download(token)
    assert (status, ticket["version"], ticket["entitlementId"]) == (200, "7.7.7", None)
    status, _ = download(
        Bearer(bob, "download org").client, **{"X-Mog-Org": kept.organization.slug}
    )
    assert status == 200
    assert not Entitlement.objects.exists()


def test_who_leaves_installs_it_no_longer(token: Client, bob: User) -> None:
    Membership.objects.filter(user=bob).delete()
    assert download(token)[0] == 401  # the token acts for the organization or not at all
    assert download(Bearer(bob, "download").client)[0] == 404


def test_there_is_nothing_to_buy(browser: Client, token: Client, kept: Kept) -> None:
    for price_cents in (0, 300):
        Listing.objects.filter(pk=kept.listing.pk).update(price_cents=price_cents)
        answer = token.post(
            "/v1/purchases", {"listing": NAME}, "application/json", headers={"Idempotency-Key": "a"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "own_listing")
    assert "This is yours" in browser.get(f"/{NAME}").content.decode()
    assert not Entitlement.objects.exists()


@pytest.mark.parametrize("query", ["", "q=zephyr", "sort=recent", "sort=rating", "tag=zephyrtag"])
def test_it_is_found_before_the_shelf(browser: Client, token: Client, query: str) -> None:
    ListingFactory.create(title="Zephyr toys", tags=["zephyrtag"], popularity=9_000)
    found = token.get(f"/v1/listings?{query}").json()["items"]
    assert [each["name"] for each in found][:1] == [NAME]
    assert len(found) > 1
    if "rating" not in query:  # no page sorts by it
        page = browser.get(f"/search?{query}")
        assert page.context["listings"][0].name == NAME


def test_pages_of_a_search_go_on_from_what_is_private_to_the_shelf(token: Client) -> None:
    names: list[str] = []
    cursor = ""
    for _ in range(9):
        page = token.get(f"/v1/listings?limit=1&cursor={cursor}").json()
        names += [each["name"] for each in page["items"]]
        cursor = page["nextCursor"]
        if not cursor:
            break
    assert names == [NAME, f"{VENDOR}/open-plans"]


def test_a_cursor_of_a_members_search_is_nobody_elses(token: Client, charlie: User) -> None:
    cursor = token.get("/v1/listings?limit=1").json()["nextCursor"]
    stranger = Bearer(charlie).client
    assert stranger.get("/v1/listings", {"limit": 1, "cursor": cursor}).status_code == 400


def test_the_vendor_page_shows_it_to_members(browser: Client) -> None:
    page = browser.get(f"/{VENDOR}")
    assert [each.name for each in page.context["listings"]] == [NAME, f"{VENDOR}/open-plans"]


def test_a_member_sees_no_draft_and_an_admin_does(browser: Client, alice: User, kept: Kept) -> None:
    Listing.objects.filter(pk=kept.listing.pk).update(state=ListingState.DRAFT)
    assert browser.get(f"/{NAME}").status_code == 404
    admin = Bearer(alice, "read", organization=kept.organization).client
    assert admin.get(f"/v1/listings/{NAME}").status_code == 200


def test_members_keep_what_was_retired(token: Client, kept: Kept) -> None:
    Listing.objects.filter(pk=kept.listing.pk).update(state=ListingState.RETIRED)
    assert download(token)[0] == 200


def test_an_admin_makes_it_private_and_public_again(alice: User, kept: Kept) -> None:
    admin = Bearer(alice, "read sell", organization=kept.organization).client
    stranger = Client()
    for visibility, status in (("public", 200), ("private", 404)):
        said = {"visibility": visibility}
        admin.patch(f"/v1/listings/{NAME}", said, "application/json")
        assert stranger.get(f"/{NAME}").status_code == status


def test_who_had_it_before_it_became_private_keeps_it(charlie: User, kept: Kept) -> None:
    EntitlementFactory.create(listing=kept.listing, user=charlie)
    client = Bearer(charlie, "download read").client
    assert download(client)[0] == 200
    assert client.get(f"/v1/listings/{NAME}").status_code == 404


def test_a_purchase_that_is_given_back_meanwhile_opens_nothing(charlie: User, kept: Kept) -> None:
    """Who has it may ask for it; what they have may end before they are answered."""
    by = Bearer(charlie, "download").actor
    listing = Listing.objects.with_vendor().get(pk=kept.listing.pk)
    with pytest.raises(EntitlementRequired):
        downloads.issue_ticket(listing, version=None, by=by, now=timezone.now())


def test_a_person_can_keep_nothing_private(alice: User) -> None:
    own = ListingFactory.create(vendor__user=alice)
    client = Bearer(alice, "read sell").client
    answer = client.patch(f"/v1/listings/{own.name}", {"visibility": "private"}, "application/json")
    assert answer.status_code == 422
    assert Listing.objects.get(pk=own.pk).visibility == Visibility.PUBLIC


def test_an_audit_answers_members(token: Client, kept: Kept) -> None:
    sha256 = kept.release.artifact.sha256
    body = {"packages": [{"name": NAME, "version": "7.7.7", "sha256": sha256}]}
    answer = token.post("/v1/audit", body, "application/json").json()
    assert answer["items"][0]["status"] == "ok"


def test_a_search_for_members_costs_no_more_queries(
    token: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):  # the token, the legs, the rows
        token.get("/v1/listings?q=zephyr")
