"""What a mere member may not do for the organization they act for: each route, by both doors."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Organization, Role, User
from catalog.models import Listing
from payments.models import Order
from releases.models import Release
from tests.bearer import Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import OrderFactory
from tests.factories.releases import ArtifactFactory, ReleaseFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

_SCOPES = "account download org purchase read sell"


@pytest.fixture
def acme() -> Organization:
    return OrganizationFactory.create()


@pytest.fixture
def listing(acme: Organization) -> Listing:
    """A package of the organization's vendor."""
    vendor = VendorFactory.create(user=None, organization=acme, slug="acme-tools")
    return ListingFactory.create(vendor=vendor, slug="pdf-tools", price_cents=300)


@pytest.fixture
def release(listing: Listing) -> Release:
    made = ReleaseFactory.create(listing=listing)
    ArtifactFactory.create(release=made)
    return made


@pytest.fixture
def order(acme: Organization, alice: User) -> Order:
    """Something that alice has bought for the organization."""
    return OrderFactory.create(user=None, organization=acme, placed_by=alice)


PAGES = [
    "GET /sell",
    "GET /sell/upload",
    "POST /sell/upload",
    "GET /sell/earnings",
    "GET /sell/payouts",
    "GET /sell/acme-tools/statement",
    "GET /sell/acme-tools/statement.csv",
    "GET /sell/acme-tools/payouts",
    "POST /sell/acme-tools/payouts",
    "GET /sell/acme-tools/payouts/return",
    "GET /sell/acme-tools/payouts/again",
    "GET /sell/vendors/acme-tools",
    "POST /sell/vendors/acme-tools",
    "GET /acme-tools/pdf-tools/edit",
    "POST /acme-tools/pdf-tools/edit",
    "POST /acme-tools/pdf-tools/retirement",
    "GET /releases/RELEASE",
    "POST /releases/RELEASE/publication",
    "POST /releases/RELEASE/withdrawal",
    "POST /releases/RELEASE/rescans",
    "GET /wallet/cards",
    "POST /wallet/cards/new",
    "GET /wallet/cards/new/seti_1",
    "POST /wallet/cards/pm_1/default",
    "POST /wallet/cards/pm_1/remove",
    "GET /wallet/auto-top-up",
    "POST /wallet/auto-top-up",
    "POST /orders/ORDER/refund",
]
API = [
    "POST /v1/vendors",
    "PATCH /v1/listings/acme-tools/pdf-tools",
    "GET /v1/vendor/releases",
    "POST /v1/vendor/releases",
    "GET /v1/vendor/releases/RELEASE",
    "POST /v1/vendor/releases/RELEASE/publication",
    "POST /v1/vendor/releases/RELEASE/withdrawal",
    "POST /v1/vendor/releases/RELEASE/rescans",
    "GET /v1/vendor/earnings",
    "GET /v1/vendor/payouts",
    "GET /v1/vendor/acme-tools/statement",
    "GET /v1/wallet/payment-methods",
    "POST /v1/wallet/payment-methods",
    "DELETE /v1/wallet/payment-methods/pm_1",
    "PUT /v1/wallet/payment-methods/pm_1/default",
    "GET /v1/wallet/auto-top-up",
    "PUT /v1/wallet/auto-top-up",
    "POST /v1/orders/ORDER/refund",
]
_BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/vendors": {"slug": "other-name", "displayName": "Other"},
    "PATCH /v1/listings/acme-tools/pdf-tools": {"title": "Mine"},
    "POST /v1/vendor/releases/RELEASE/withdrawal": {"reason": "Broken."},
    "PUT /v1/wallet/auto-top-up": {
        "isEnabled": False,
        "thresholdCents": 500,
        "amountCents": 1000,
        "monthlyCeilingCents": 5000,
    },
}
# What goes on to the payment provider.
_ASKS_PROVIDER = re.compile("POST.*(cards|payment-methods)|cards/new|DELETE|default").search
Ask = Callable[[Client, str], Any]


@pytest.fixture
def ask(release: Release, order: Order) -> Ask:
    """Send a request of the tables above."""

    def send(client: Client, line: str) -> Any:
        method, _, path = line.partition(" ")
        path = path.replace("RELEASE", release.public_id).replace("ORDER", order.public_id)
        if not path.startswith("/v1/"):
            return getattr(client, method.lower())(path)
        assert order.organization is not None
        headers = {"Idempotency-Key": "one", "X-Mog-Org": order.organization.slug}
        return client.generic(method, path, _json(line), "application/json", headers=headers)

    return send


def _json(line: str) -> str:
    return json.dumps(_BODIES[line]) if line in _BODIES else ""


@pytest.mark.parametrize("line", PAGES)
def test_a_member_may_not_on_a_page(
    client: Client, alice: User, acme: Organization, ask: Ask, line: str
) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.MEMBER)
    sign_in(client, alice)
    client.post("/settings/acting", {"organization": acme.slug})
    assert ask(client, line).status_code == 403


@pytest.mark.parametrize("line", API)
def test_a_member_may_not_through_the_api(
    alice: User, acme: Organization, ask: Ask, line: str
) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.MEMBER)
    answer = ask(Bearer(alice, _SCOPES).client, line)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required"), answer.json()
    assert answer.json()["details"] == {"role": "admin"}


@pytest.mark.parametrize("line", [each for each in [*PAGES, *API] if not _ASKS_PROVIDER(each)])
def test_for_an_admin_the_role_is_no_hindrance(
    client: Client, alice: User, acme: Organization, ask: Ask, line: str
) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.ADMIN)
    sign_in(client, alice)
    client.post("/settings/acting", {"organization": acme.slug})
    asks = Bearer(alice, _SCOPES).client if " /v1/" in line else client
    assert ask(asks, line).status_code != 403


@pytest.mark.parametrize("line", [*PAGES, *API])
def test_for_a_stranger_there_is_nothing(
    client: Client, charlie: User, acme: Organization, ask: Ask, line: str
) -> None:
    sign_in(client, charlie)
    if " /v1/" in line:
        assert ask(Bearer(charlie, _SCOPES).client, line).status_code == 404
    elif any(named in line for named in ("acme", "RELEASE", "ORDER")):
        assert ask(client, line).status_code == 404


def test_a_member_of_the_organization_needs_not_buy_what_it_sells(
    alice: User, acme: Organization, release: Release
) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.MEMBER)
    client = Bearer(alice, "download org purchase read").client
    headers = {"X-Mog-Org": acme.slug, "Idempotency-Key": "one"}
    body = {"listing": release.listing.name}
    bought = client.post("/v1/purchases", body, "application/json", headers=headers)
    assert (bought.status_code, bought.json()["code"]) == (409, "own_listing")
    got = client.post("/v1/downloads", body, "application/json", headers=headers)
    assert (got.status_code, got.json()["entitlementId"]) == (200, None)


def test_a_member_is_not_led_to_what_they_may_not(
    client: Client, alice: User, acme: Organization
) -> None:
    MembershipFactory.create(organization=acme, user=alice, role=Role.MEMBER)
    sign_in(client, alice)
    assert 'href="/sell"' in client.get("/wallet").content.decode()
    client.post("/settings/acting", {"organization": acme.slug})
    page = client.get("/wallet").content.decode()
    assert 'href="/sell"' not in page
    assert "Automatic top-up" not in page
