"""What costs nothing: a policy judges the package, and a person may approve it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import SpendPolicy, User
from catalog.models import Listing
from payments.models import Approval, ApprovalState, Entitlement, Order
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.factories.releases import ArtifactFactory
from tests.payments.approving import approve, asked, deny
from tests.payments.buying import buy
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tool(alice: User) -> Listing:
    """A package that is free, and runs code."""
    made = ListingFactory.create(price_cents=0, vendor__user=alice, runs_code=True)
    ArtifactFactory.create(
        release__listing=made,
        release__version=made.latest_version,
        release__published_at=timezone.now() - timedelta(days=1),
        runs_code=True,
    )
    listing: Listing = made
    return listing


def fetch(agent: Bearer, listing: Listing) -> Any:
    """Ask for a link to it; return the answer."""
    body = {"listing": listing.name}
    return agent.client.post("/v1/downloads", body, content_type="application/json")


def get(agent: Bearer, listing: Listing) -> tuple[int, dict[str, object]]:
    """Get what is free, which takes no key; return status and answer."""
    return buy(agent.client, listing, key=None)


def test_a_person_is_asked(agent: Bearer, tool: Listing) -> None:
    status, body = get(agent, tool)
    assert (status, body["code"], body["reasons"]) == (402, "approval_required", ["runs_code"])
    assert not Entitlement.objects.exists()


def test_what_they_approve_is_given_once_and_delivered(
    agent: Bearer, bob: User, tool: Listing
) -> None:
    approval = asked(agent, tool)
    approve(approval, bob)
    assert get(agent, tool)[0] == 201
    approval.refresh_from_db()
    assert approval.state == ApprovalState.USED
    assert (approval.order, approval.entitlement) == (None, Entitlement.objects.get())
    assert fetch(agent, tool).status_code == 200
    assert not Order.objects.exists()


def test_given_back_it_has_to_be_approved_anew(agent: Bearer, bob: User, tool: Listing) -> None:
    approve(asked(agent, tool), bob)
    get(agent, tool)
    Entitlement.objects.update(revoked_at=timezone.now())
    assert get(agent, tool)[0] == 402


def test_what_they_deny_is_not_given(agent: Bearer, bob: User, tool: Listing) -> None:
    deny(asked(agent, tool), bob)
    assert get(agent, tool)[1]["code"] == "approval_denied"


def test_what_is_blocked_nobody_is_asked_about(agent: Bearer, bob: User, tool: Listing) -> None:
    bob.spend_policies.update(blocked_types=[tool.type])
    assert get(agent, tool)[1]["code"] == "policy_blocked"
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"verified_vendors_only": True}, "vendor_unverified"),
        ({"vendor_allowlist": ["ven_somebody"]}, "vendor_not_allowed"),
        ({"min_release_age_hours": 8_000}, "release_too_young"),
    ],
)
def test_every_rule_about_packages_holds(
    agent: Bearer, bob: User, alice: User, terms: dict[str, Any], reason: str
) -> None:
    bob.spend_policies.update(**terms)
    free = ListingFactory.create(price_cents=0, vendor__user=alice, released_at=timezone.now())
    assert get(agent, free)[1]["reasons"] == [reason]


def test_no_limit_counts_and_no_switch(agent: Bearer, bob: User, alice: User) -> None:
    bob.spend_policies.update(daily_limit_cents=0, require_approval_above_cents=0, is_active=False)
    assert get(agent, ListingFactory.create(price_cents=0, vendor__user=alice))[0] == 201


def test_a_switched_off_policy_still_judges(agent: Bearer, bob: User, tool: Listing) -> None:
    bob.spend_policies.update(is_active=False)
    assert get(agent, tool)[0] == 402


def test_an_organizations_policy_judges_for_its_tokens(
    bob: User, alice: User, tool: Listing
) -> None:
    acme = OrganizationFactory.create()
    SpendPolicyFactory.create(organization=acme)
    bob.spend_policies.update(allow_executable=True)
    assert get(Bearer(bob, BUYER, organization=acme), tool)[1]["reasons"] == ["runs_code"]
    assert get(Bearer(bob, BUYER), tool)[0] == 201


def test_what_a_member_approves_for_themselves_is_not_approved_for_the_organization(
    agent: Bearer, bob: User, tool: Listing
) -> None:
    acme = OrganizationFactory.create()
    policy = SpendPolicyFactory.create(organization=acme)
    approve(asked(agent, tool), bob)
    get(agent, tool)
    bound = Bearer(bob, BUYER, organization=acme, spend_policy=policy)
    assert fetch(agent, tool).status_code == 200
    assert fetch(bound, tool).json()["code"] == "policy_blocked"


def test_a_person_at_a_browser_judges_themselves(bob: User, tool: Listing, client: Any) -> None:
    SpendPolicy.objects.update(blocked_types=[tool.type])
    sign_in(client, bob)
    client.post(f"/{tool.name}/purchase")
    assert Entitlement.objects.get().user == bob


def test_a_quote_says_what_the_purchase_will(agent: Bearer, tool: Listing) -> None:
    body = {"listing": tool.name}
    answer = agent.client.post("/v1/quotes", body, content_type="application/json").json()
    assert answer["decision"] == {"outcome": "needs_approval", "reasons": ["runs_code"]}
