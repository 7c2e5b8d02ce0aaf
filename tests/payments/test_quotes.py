"""Quotes: a price that holds for ten minutes, and what would become of the purchase."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing, ListingState
from payments import accounts, quotes
from payments.models import Account, Entitlement, Order, Quote
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.payments.buying import buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(alice: User) -> Listing:
    return ListingFactory.create(price_cents=400, vendor__user=alice)


def ask(agent: Bearer, listing: Listing, **body: object) -> Any:
    """Ask for a quote; return the answer."""
    asked = {"listing": listing.name} | body
    return agent.client.post("/v1/quotes", asked, content_type="application/json")


def locked(agent: Bearer, listing: Listing) -> str:
    """Return the id of a fresh quote."""
    identifier: str = ask(agent, listing).json()["id"]
    return identifier


class TestAQuote:
    def test_says_price_decision_and_what_is_left(self, agent: Bearer, listing: Listing) -> None:
        answer = ask(agent, listing)
        quote = Quote.objects.get()
        policy = agent.credential.spend_policy
        assert policy is not None
        assert answer.status_code == 201
        assert answer.json() == {
            "id": quote.public_id,
            "listing": listing.name,
            "priceCents": 400,
            "currency": "USD",
            "expiresAt": answer.json()["expiresAt"],
            "decision": {"outcome": "allow", "reasons": []},
            "budgets": [
                {
                    "policyId": policy.public_id,
                    "name": policy.name,
                    "leftTodayCents": 5_000,
                    "leftThisMonthCents": 20_000,
                }
            ],
            "organization": None,
            "owned": False,
            "shortfallCents": 0,
            "walletFrozen": False,
        }
        assert quote.expires_at - quote.created_at == timedelta(minutes=10)

    def test_says_what_a_person_would_be_asked(self, agent: Bearer, listing: Listing) -> None:
        Listing.objects.update(price_cents=1_200)
        decision = ask(agent, listing).json()["decision"]
        assert decision["outcome"] == "needs_approval"
        assert decision["reasons"] == ["over_purchase_limit", "over_approval_threshold"]

    def test_says_what_is_left_of_every_policy_that_applies(
        self, bob: User, listing: Listing
    ) -> None:
        acme = OrganizationFactory.create()
        SpendPolicyFactory.create(organization=acme, daily_limit_cents=700)
        agent = Bearer(bob, BUYER, organization=acme)
        left = [budget["leftTodayCents"] for budget in ask(agent, listing).json()["budgets"]]
        assert left == [5_000, 700]

    def test_says_whose_wallet_pays_and_what_it_lacks(self, bob: User, listing: Listing) -> None:
        acme = OrganizationFactory.create()
        fill(acme, 150)
        quoted = ask(Bearer(bob, BUYER, organization=acme), listing).json()
        assert (quoted["organization"], quoted["shortfallCents"]) == (acme.slug, 250)

    def test_says_that_a_wallet_is_frozen(self, agent: Bearer, listing: Listing) -> None:
        wallet = accounts.wallet_for(agent.actor)
        Account.objects.filter(pk=wallet.pk).update(frozen_at=timezone.now())
        quoted = ask(agent, listing).json()
        assert (quoted["walletFrozen"], quoted["shortfallCents"]) == (True, 0)

    def test_says_of_what_one_has_that_it_costs_nothing(
        self, agent: Bearer, listing: Listing
    ) -> None:
        buy(agent.client, listing)
        Listing.objects.update(price_cents=9_000)
        quoted = ask(agent, listing).json()
        assert (quoted["owned"], quoted["shortfallCents"]) == (True, 0)

    def test_buys_and_reserves_nothing(self, agent: Bearer, listing: Listing) -> None:
        ask(agent, listing)
        assert not Order.objects.exists()
        assert ask(agent, listing).json()["budgets"][0]["leftTodayCents"] == 5_000

    def test_needs_the_scope_purchase(self, bob: User, listing: Listing) -> None:
        assert ask(Bearer(bob, "read"), listing).status_code == 403

    def test_of_what_one_may_not_see_is_not_found(self, agent: Bearer, listing: Listing) -> None:
        Listing.objects.update(state=ListingState.HIDDEN)
        assert ask(agent, listing).status_code == 404

    def test_of_what_one_sells_oneself_is_refused(self, alice: User, listing: Listing) -> None:
        assert ask(Bearer(alice, BUYER), listing).json()["code"] == "own_listing"

    def test_takes_no_other_field(self, agent: Bearer, listing: Listing) -> None:
        assert ask(agent, listing, priceCents=1).status_code == 422


class TestALockedPrice:
    def test_is_paid_although_the_listing_costs_more_by_now(
        self, agent: Bearer, listing: Listing
    ) -> None:
        quote = locked(agent, listing)
        Listing.objects.update(price_cents=499)
        assert buy(agent.client, listing, quoteId=quote)[1]["priceCents"] == 400
        order = Order.objects.get()
        assert (order.price_cents, order.fee_cents) == (400, 40)
        assert Quote.objects.get().order == order

    def test_is_what_a_policy_decides_over(self, agent: Bearer, listing: Listing) -> None:
        quote = locked(agent, listing)
        Listing.objects.update(price_cents=3_000)
        assert buy(agent.client, listing, quoteId=quote)[0] == 201

    def test_is_what_the_most_that_one_pays_is_held_against(
        self, agent: Bearer, listing: Listing
    ) -> None:
        quote = locked(agent, listing)
        Listing.objects.update(price_cents=3_000)
        assert buy(agent.client, listing, quoteId=quote, maxPriceCents=400)[0] == 201

    def test_is_not_paid_when_the_listing_costs_less_by_now(
        self, agent: Bearer, listing: Listing
    ) -> None:
        quote = locked(agent, listing)
        Listing.objects.update(price_cents=200)
        assert buy(agent.client, listing, quoteId=quote)[1]["priceCents"] == 200

    def test_of_nothing_is_nothing(self, agent: Bearer, listing: Listing) -> None:
        Listing.objects.update(price_cents=0)
        quote = locked(agent, listing)
        Listing.objects.update(price_cents=499)
        status, body = buy(agent.client, listing, quoteId=quote)
        assert (status, body["priceCents"]) == (201, 0)
        assert Entitlement.objects.exists()
        assert not Order.objects.exists()

    def test_ends_after_ten_minutes(self, agent: Bearer, listing: Listing) -> None:
        quote = locked(agent, listing)
        late = timedelta(minutes=10)
        Quote.objects.update(created_at=F("created_at") - late, expires_at=F("expires_at") - late)
        status, body = buy(agent.client, listing, quoteId=quote)
        assert (status, body["code"]) == (409, "quote_over")
        assert not Order.objects.exists()

    def test_is_good_for_one_purchase(self, agent: Bearer, listing: Listing) -> None:
        quote = locked(agent, listing)
        Listing.objects.update(price_cents=499)
        buy(agent.client, listing, quoteId=quote)
        Entitlement.objects.update(revoked_at=timezone.now())
        assert buy(agent.client, listing, quoteId=quote)[1]["code"] == "quote_over"

    def test_is_of_the_token_that_asked(self, agent: Bearer, bob: User, listing: Listing) -> None:
        quote = locked(agent, listing)
        assert buy(Bearer(bob, BUYER).client, listing, quoteId=quote)[0] == 404

    def test_is_of_the_listing_that_was_asked_about(
        self, agent: Bearer, alice: User, listing: Listing
    ) -> None:
        quote = locked(agent, ListingFactory.create(price_cents=100, vendor__user=alice))
        assert buy(agent.client, listing, quoteId=quote)[0] == 404


def test_quotes_that_nobody_used_go_after_a_day(agent: Bearer, listing: Listing) -> None:
    locked(agent, listing)
    used = locked(agent, listing)
    Listing.objects.update(price_cents=499)
    buy(agent.client, listing, quoteId=used)
    later = timezone.now() + timedelta(days=1, minutes=11)
    assert quotes.purge(now=later, dry_run=True) == 1
    assert quotes.purge(now=later - timedelta(minutes=2), dry_run=False) == 0
    assert quotes.purge(now=later, dry_run=False) == 1
    assert Quote.objects.get().public_id == used
