"""Spend policies of an organization: its admins', seen by its members, binding whoever buys."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Organization, Role, SpendPolicy, User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing
from payments import accounts
from payments.models import Order
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import MembershipFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.signed_in import acting_for, sign_in

pytestmark = pytest.mark.django_db

POLICIES = "/settings/policies"
FORM = {
    "name": "Everybody",
    "max_per_purchase": "10.00",
    "daily_limit": "50.00",
    "monthly_limit": "200.00",
    "require_approval_above": "5.00",
    "min_release_age_hours": "0",
    "is_active": "on",
}


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    """Alice is its admin, bob a member."""
    organization = MembershipFactory.create(user=alice, role=Role.ADMIN).organization
    MembershipFactory.create(organization=organization, user=bob, role=Role.MEMBER)
    return organization


@pytest.fixture
def policy(acme: Organization) -> SpendPolicy:
    return SpendPolicyFactory.create(organization=acme, name="Everybody", allow_executable=True)


@pytest.fixture
def listing() -> Listing:
    return ListingFactory.create(price_cents=400)


def buy(client: Client, listing: Listing, acme: Organization | None = None) -> tuple[int, str]:
    """Ask for a purchase; return what the answer says."""
    headers = {"Idempotency-Key": "one"} | ({"X-Mog-Org": acme.slug} if acme else {})
    body = {"listing": listing.name}
    answer = client.post("/v1/purchases", body, "application/json", headers=headers)
    return answer.status_code, answer.json().get("code", "")


def test_an_admin_makes_changes_and_ends_it(alice: User, acme: Organization) -> None:
    browser = acting_for(acme, alice)
    assert browser.post(f"{POLICIES}/new", FORM | {"acting_for": acme.public_id}).status_code == 302
    made = SpendPolicy.objects.get(name="Everybody")
    assert (made.organization, made.user, made.is_default) == (acme, None, False)
    assert "Everybody" in browser.get(POLICIES).content.decode()
    browser.post(
        f"{POLICIES}/{made.public_id}",
        FORM | {"daily_limit": "20.00", "acting_for": acme.public_id},
    )
    made.refresh_from_db()
    assert made.daily_limit_cents == 2000
    browser.post(f"{POLICIES}/{made.public_id}/delete")
    assert not SpendPolicy.objects.owned_by(acme).exists()
    done = Event.objects.filter(subject=made.subject).order_by("pk")
    assert [(each.action, each.organization_id) for each in done] == [
        (action, acme.public_id)
        for action in (Action.POLICY_CREATED, Action.POLICY_CHANGED, Action.POLICY_DELETED)
    ]


def test_shown_for_another_party_it_saves_nothing(alice: User, acme: Organization) -> None:
    browser = acting_for(acme, alice)
    shown = browser.get(f"{POLICIES}/new").content.decode()
    assert f'name="acting_for" value="{acme.public_id}"' in shown
    browser.post("/settings/acting", {"organization": ""})
    sent = FORM | {"acting_for": acme.public_id}
    assert browser.post(f"{POLICIES}/new", sent)["Location"] == POLICIES
    assert not SpendPolicy.objects.filter(name="Everybody").exists()


def test_a_member_sees_and_tries_it_and_changes_nothing(
    bob: User, acme: Organization, policy: SpendPolicy, listing: Listing
) -> None:
    browser = acting_for(acme, bob)
    page = browser.get(POLICIES).content.decode()
    assert "Everybody" in page
    assert "New policy" not in page
    assert "Delete this policy" not in page
    tried = browser.get(f"{POLICIES}/{policy.public_id}/simulate", {"listing": listing.name})
    assert tried.context["tried"].decision.outcome == "allow"
    for path in (f"{POLICIES}/new", f"{POLICIES}/{policy.public_id}"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, FORM).status_code == 403
    assert browser.post(f"{POLICIES}/{policy.public_id}/delete").status_code == 403
    assert SpendPolicy.objects.owned_by(acme).get().name == "Everybody"


def test_a_trial_asks_its_admins_and_lets_only_them_change_it(
    alice: User, bob: User, acme: Organization, policy: SpendPolicy
) -> None:
    dear = ListingFactory.create(price_cents=501)
    path = f"{POLICIES}/{policy.public_id}/simulate"
    for person, may_change in ((alice, True), (bob, False)):
        page = acting_for(acme, person).get(path, {"listing": dear.name}).content.decode()
        assert "It would wait for an admin" in page
        assert ("Change the policy" in page) == may_change


def test_one_that_is_not_in_force_is_tried_as_none(
    alice: User, acme: Organization, policy: SpendPolicy
) -> None:
    SpendPolicy.objects.filter(pk=policy.pk).update(is_active=False, blocked_types=["skill"])
    dear = ListingFactory.create(price_cents=501)
    path = f"{POLICIES}/{policy.public_id}/simulate"
    page = acting_for(acme, alice).get(path, {"listing": dear.name}).content.decode()
    assert "It would be bought" in page
    assert "It limits nothing" in acting_for(acme, alice).get(POLICIES).content.decode()


def test_a_change_takes_a_fresh_proof(alice: User, acme: Organization, policy: SpendPolicy) -> None:
    browser = acting_for(acme, alice, proven_ago=timedelta(hours=1))
    for path in (f"{POLICIES}/new", f"{POLICIES}/{policy.public_id}"):
        assert browser.post(path, FORM)["Location"].startswith("/step-up")
    assert SpendPolicy.objects.owned_by(acme).count() == 1


@pytest.mark.parametrize("whose", ["a stranger", "the admin, for themselves"])
def test_out_of_its_organization_it_does_not_exist(
    alice: User, charlie: User, policy: SpendPolicy, whose: str
) -> None:
    browser = Client()
    sign_in(browser, charlie if whose == "a stranger" else alice)
    path = f"{POLICIES}/{policy.public_id}"
    assert browser.get(path).status_code == 404
    assert browser.post(path, FORM).status_code == 404
    assert browser.post(f"{path}/delete").status_code == 404
    assert browser.get(f"{path}/simulate").status_code == 404


def test_the_api_shows_it_to_who_acts_for_the_organization_and_nobody_else(
    bob: User, charlie: User, acme: Organization, policy: SpendPolicy
) -> None:
    client = Bearer(bob, f"{BUYER} org").client
    headers = {"X-Mog-Org": acme.slug}
    own = client.get("/v1/spend-policies").json()["items"]
    both = client.get("/v1/spend-policies", headers=headers).json()["items"]
    [shared] = [each for each in both if each not in own]
    assert (shared["name"], shared["organizationId"]) == ("Everybody", acme.public_id)
    path = f"/v1/spend-policies/{policy.public_id}"
    assert client.get(path, headers=headers).status_code == 200
    assert client.get(path).status_code == 404
    assert Bearer(charlie, "org read").client.get(path, headers=headers).status_code == 404


def test_it_binds_a_members_token_beside_its_own(
    bob: User, acme: Organization, policy: SpendPolicy, listing: Listing
) -> None:
    fill(acme, 5000)
    SpendPolicy.objects.filter(pk=policy.pk).update(blocked_types=["skill"])
    client = Bearer(bob, f"{BUYER} org").client
    assert buy(client, listing, acme) == (403, "policy_blocked")
    SpendPolicy.objects.filter(pk=policy.pk).update(blocked_types=[])
    bob.spend_policies.update(blocked_types=["skill"])
    assert buy(client, listing, acme) == (403, "policy_blocked")
    bob.spend_policies.update(blocked_types=[])
    assert buy(client, listing, acme)[1] == ""


def test_its_limits_are_shared_by_all_who_buy(
    alice: User, bob: User, acme: Organization, policy: SpendPolicy, listing: Listing
) -> None:
    fill(acme, 5000)
    SpendPolicy.objects.filter(pk=policy.pk).update(daily_limit_cents=700)
    assert buy(Bearer(bob, f"{BUYER} org").client, listing, acme)[1] == ""
    other = ListingFactory.create(price_cents=400)
    assert buy(Bearer(alice, f"{BUYER} org").client, other, acme)[1] == "approval_required"
    assert accounts.wallet_of(acme).balance_cents == 4600


def test_it_binds_a_member_in_the_browser_as_well(
    bob: User, acme: Organization, policy: SpendPolicy, listing: Listing
) -> None:
    fill(acme, 5000)
    SpendPolicy.objects.filter(pk=policy.pk).update(max_per_purchase_cents=300)
    browser = acting_for(acme, bob)
    form = {"price_cents": "400", "acting_for": acme.public_id}
    browser.post(f"/{listing.name}/purchase", form)
    assert not Order.objects.filter(organization=acme, state="paid").exists()
    SpendPolicy.objects.filter(pk=policy.pk).update(max_per_purchase_cents=400)
    browser.post(f"/{listing.name}/purchase", form)
    assert Order.objects.get(organization=acme, state="paid").placed_by == bob


def test_a_form_that_was_shown_for_another_buyer_buys_nothing(
    bob: User, acme: Organization, listing: Listing
) -> None:
    fill(acme, 5000)
    fill(bob, 5000)
    browser = acting_for(acme, bob)
    path = f"/{listing.name}/purchase"
    shown = browser.get(path).content.decode()
    assert f'value="{acme.public_id}"' in shown
    browser.post("/settings/acting", {"organization": ""})
    answer = browser.post(path, {"price_cents": "400", "acting_for": acme.public_id}, follow=True)
    assert "You act for somebody else now" in answer.content.decode()
    assert acme.public_id not in answer.content.decode()
    assert not Order.objects.exists()


def test_a_token_under_it_cannot_spend_once_it_is_gone(
    bob: User, acme: Organization, policy: SpendPolicy, listing: Listing
) -> None:
    fill(acme, 5000)
    client = Bearer(bob, BUYER, organization=acme, spend_policy=policy).client
    SpendPolicy.objects.filter(pk=policy.pk).update(is_active=False)
    assert buy(client, listing) == (403, "policy_blocked")
    SpendPolicy.objects.filter(pk=policy.pk).update(is_active=True)
    assert buy(client, listing)[1] == ""


def test_all_who_belong_see_who_bought_what(
    alice: User, bob: User, charlie: User, acme: Organization, listing: Listing
) -> None:
    fill(acme, 5000)
    buy(Bearer(bob, f"{BUYER} org").client, listing, acme)
    headers = {"X-Mog-Org": acme.slug}
    for user in (alice, bob):
        client = Bearer(user, "org read").client
        [order] = client.get("/v1/orders", headers=headers).json()["items"]
        assert (order["listing"], order["placedBy"]) == (listing.name, "bob")
        assert client.get("/v1/orders").json()["items"] == []
        assert "Bought by bob" in acting_for(acme, user).get("/orders").content.decode()
    stranger = Bearer(charlie, "org read").client
    assert stranger.get("/v1/orders", headers=headers).status_code == 404
