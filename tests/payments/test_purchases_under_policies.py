"""Buying with a token: what its spend policy lets it buy by itself, and what it refuses."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SpendPolicy, User
from audit.actions import Action
from audit.models import RefusalTally
from catalog.models import Listing
from payments.models import Order
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import OrderFactory
from tests.money import fill
from tests.payments.buying import buy, nothing_happened

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bob: User) -> Client:
    return Bearer(bob, BUYER).client


@pytest.fixture
def policy(bob: User) -> SpendPolicy:
    fill(bob, 100_000)
    return bob.spend_policies.get()


def refused(client: Client, listing: Listing) -> tuple[int, object, object]:
    """Try to buy; return status, code and reasons."""
    status, body = buy(client, listing)
    details = body.get("details", {})
    assert isinstance(details, dict)
    return status, body["code"], body.get("reasons") or details.get("reasons")


def test_what_needs_a_person_is_not_bought_without_one(client: Client, policy: SpendPolicy) -> None:
    listing = ListingFactory.create(price_cents=501)
    answer = (402, "approval_required", ["over_approval_threshold"])
    assert refused(client, listing) == answer
    assert nothing_happened()


def test_what_nobody_may_approve_is_blocked(
    client: Client, policy: SpendPolicy, listing: Listing
) -> None:
    policy.blocked_types = ["skill"]
    policy.save()
    assert refused(client, listing) == (403, "policy_blocked", ["type_blocked"])


def test_a_policy_that_is_switched_off_lets_nothing_be_bought(
    client: Client, policy: SpendPolicy, listing: Listing
) -> None:
    policy.is_active = False
    policy.save()
    assert refused(client, listing) == (403, "policy_blocked", ["policy_inactive"])


def test_what_would_pass_the_limit_of_the_day_needs_a_person(
    client: Client, bob: User, policy: SpendPolicy, listing: Listing
) -> None:
    OrderFactory.create(user=bob, policy=policy, listing__price_cents=4_502)
    answer = (402, "approval_required", ["over_daily_limit"])
    assert refused(client, listing) == answer
    policy.daily_limit_cents += 1
    policy.save()
    assert buy(client, listing)[0] == 201


def test_money_that_went_back_does_not_count(
    client: Client, bob: User, policy: SpendPolicy, listing: Listing
) -> None:
    spent = OrderFactory.create(user=bob, policy=policy, listing__price_cents=5_000)
    assert buy(client, listing)[0] == 402
    Order.objects.filter(pk=spent.pk).update(refunded_cents=499, refunded_fee_cents=50)
    assert buy(client, listing)[0] == 201


def test_money_of_last_month_does_not_count(
    client: Client, bob: User, policy: SpendPolicy, listing: Listing
) -> None:
    past = timezone.now() - timedelta(days=32)
    OrderFactory.create(user=bob, policy=policy, listing__price_cents=49_900, created_at=past)
    assert buy(client, listing)[0] == 201


def test_an_organizations_policy_caps_all_its_members_together(
    bob: User, charlie: User, policy: SpendPolicy, listing: Listing
) -> None:
    organization = OrganizationFactory.create()
    fill(organization, 10_000)
    SpendPolicyFactory.create(organization=organization, daily_limit_cents=900)
    acting = {"kind": "organization", "organization": organization}
    first, second = Bearer(bob, BUYER, **acting), Bearer(charlie, BUYER, **acting)
    assert buy(first.client, listing)[0] == 201
    other = ListingFactory.create(price_cents=402)
    answer = (402, "approval_required", ["over_daily_limit"])
    assert refused(second.client, other) == answer


def test_a_refusal_stands_in_the_trail(
    client: Client, policy: SpendPolicy, listing: Listing
) -> None:
    policy.is_active = False
    policy.save()
    buy(client, listing)
    assert RefusalTally.objects.get().action == Action.PURCHASE_REFUSED
