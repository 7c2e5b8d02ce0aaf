"""Buying through the API: free listings, at once, once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState, Visibility
from payments.models import Entitlement, Source
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import DraftFactory, ListingFactory
from tests.factories.payments import EntitlementFactory

pytestmark = pytest.mark.django_db

PURCHASES = "/v1/purchases"


def buy(client: Client, listing: Listing, **headers: str) -> tuple[int, dict[str, object]]:
    """Buy a listing; return status and answer."""
    answer = client.post(
        PURCHASES, {"listing": listing.name}, content_type="application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_a_free_listing_is_granted_at_once(bob: User) -> None:
    listing = ListingFactory.create()
    status, body = buy(Bearer(bob, BUYER).client, listing)
    entitlement = Entitlement.objects.get()
    assert (entitlement.user, entitlement.source) == (bob, Source.FREE)
    assert (status, body) == (
        201,
        {
            "entitlementId": entitlement.public_id,
            "listing": listing.name,
            "priceCents": 0,
            "status": "granted",
        },
    )


def test_a_purchase_stands_once_in_the_trail(bob: User) -> None:
    client, listing = Bearer(bob, BUYER).client, ListingFactory.create()
    buy(client, listing)
    buy(client, listing)
    assert Event.objects.filter(action=Action.ENTITLEMENT_GRANTED).count() == 1


def test_what_is_owned_costs_nothing_again(bob: User) -> None:
    listing = ListingFactory.create()
    held = EntitlementFactory.create(listing=listing, user=bob)
    status, body = buy(Bearer(bob, BUYER).client, listing)
    assert (status, body["entitlementId"]) == (200, held.public_id)


def test_the_same_key_buys_once(bob: User) -> None:
    client, listing = Bearer(bob, BUYER).client, ListingFactory.create()
    headers = {"Idempotency-Key": "order-7"}
    first, second = buy(client, listing, **headers), buy(client, listing, **headers)
    assert (first[0], second[0]) == (201, 200)
    assert first[1] == second[1]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ä"])
def test_a_key_that_is_none_is_refused(bob: User, key: str) -> None:
    status, body = buy(
        Bearer(bob, BUYER).client, ListingFactory.create(), **{"Idempotency-Key": key}
    )
    assert (status, body["code"]) == (400, "invalid_idempotency_key")


def test_an_organization_buys_for_itself(bob: User) -> None:
    organization = OrganizationFactory.create()
    bearer = Bearer(bob, BUYER, kind="organization", organization=organization)
    buy(bearer.client, ListingFactory.create())
    entitlement = Entitlement.objects.get()
    assert (entitlement.user, entitlement.organization) == (None, organization)


def test_buying_needs_its_scope(bob: User) -> None:
    status, body = buy(Bearer(bob, "download read").client, ListingFactory.create())
    assert (status, body["code"]) == (403, "missing_scope")


def test_nobody_buys_without_a_token(api_client: Client) -> None:
    status, body = buy(api_client, ListingFactory.create())
    assert (status, body["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("state", [ListingState.HIDDEN, ListingState.RETIRED])
def test_what_is_off_the_shelf_does_not_exist_for_strangers(bob: User, state: str) -> None:
    status, _ = buy(Bearer(bob, BUYER).client, ListingFactory.create(state=state))
    assert status == 404


def test_a_draft_does_not_exist_for_strangers(bob: User) -> None:
    assert buy(Bearer(bob, BUYER).client, DraftFactory.create())[0] == 404


def test_an_unlisted_one_can_be_bought_by_whoever_knows_it(bob: User) -> None:
    listing = ListingFactory.create(visibility=Visibility.UNLISTED)
    assert buy(Bearer(bob, BUYER).client, listing)[0] == 201


def test_ones_own_draft_takes_no_buyers(alice: User) -> None:
    listing = DraftFactory.create(vendor__user=alice)
    status, body = buy(Bearer(alice, BUYER).client, listing)
    assert (status, body["code"]) == (409, "not_offered")


def test_unknown_fields_are_refused(bob: User) -> None:
    answer = Bearer(bob, BUYER).client.post(
        PURCHASES, {"listing": "a/b", "price": 0}, content_type="application/json"
    )
    assert answer.status_code == 422


def test_the_list_shows_ones_own(bob: User, charlie: User) -> None:
    mine = EntitlementFactory.create(user=bob)
    EntitlementFactory.create(user=charlie)
    items = Bearer(bob).client.get("/v1/entitlements").json()["items"]
    assert [item["id"] for item in items] == [mine.public_id]


def test_the_database_wants_exactly_one_holder(bob: User) -> None:
    for fields in ({"user": None}, {"user": bob, "organization": OrganizationFactory.create()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            EntitlementFactory.create(**fields)


def test_the_database_wants_one_active_entitlement(bob: User) -> None:
    held = EntitlementFactory.create(user=bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        EntitlementFactory.create(user=bob, listing=held.listing)
    Entitlement.objects.update(revoked_at=held.granted_at)
    EntitlementFactory.create(user=bob, listing=held.listing)


@pytest.mark.django_db(transaction=True)
def test_purchases_at_once_grant_one_entitlement(bob: User) -> None:
    bearer, listing = Bearer(bob, BUYER), ListingFactory.create()

    def one(_number: int) -> int:
        try:
            return buy(bearer.client.__class__(headers=_headers(bearer)), listing)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(one, range(8)))
    assert sorted(statuses) == [200] * 7 + [201]
    assert Entitlement.objects.count() == 1


def _headers(bearer: Bearer) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer.plaintext}"}
