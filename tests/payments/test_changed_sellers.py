"""What is bought while a listing changes hands: who is paid, and what no longer holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import SpendPolicy, User
from catalog.models import Listing, ListingTransfer, Vendor
from payments import accounts, approvals, delivery, ledger, orders
from payments.delivery import Parcel
from payments.errors import DeliveryBlocked, SellerChanged
from payments.models import Approval, ApprovalState, Entitlement, Order
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.devices import person
from tests.factories.accounts import SpendPolicyFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.money import fill
from tests.payments.buying import buy
from tests.payments.card_paying import begun, pay, settle
from tests.transfers import handed_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_balance")]


@pytest.fixture
def listing(alice: User) -> Listing:
    """What Alice sells."""
    made: Listing = ListingFactory.create(
        price_cents=499, vendor__slug="acme", vendor__user=alice, slug="pdf-tools"
    )
    return made


@pytest.fixture
def globex(charlie: User) -> Vendor:
    """Charlie's vendor."""
    made: Vendor = VendorFactory.create(slug="globex", user=charlie)
    return made


def owed(vendor: Vendor) -> int:
    """Return what a vendor has earned."""
    return ledger.balance_of(accounts.payable_of(vendor))


def test_a_purchase_that_began_before_is_refused_and_pays_nobody(
    listing: Listing, globex: Vendor, agent: Bearer
) -> None:
    known = Listing.objects.with_vendor().get()
    handed_over(listing, globex, now=timezone.now())
    with pytest.raises(SellerChanged), transaction.atomic():
        orders.buy_from_wallet(
            known, Wanted(listing=known.name), by=agent.actor, now=timezone.now()
        )
    assert not Order.objects.exists()
    assert owed(listing.vendor) == owed(globex) == 0


def test_a_card_order_that_was_begun_before_pays_who_sold_it_then(
    listing: Listing, globex: Vendor, agent: Bearer, sandbox: PaymentSandbox
) -> None:
    order = begun(agent.client, listing)
    handed_over(listing, globex, now=timezone.now())
    pay(sandbox, order)
    order = settle(order)
    assert order.is_paid
    assert Entitlement.objects.get().order == order
    assert (owed(listing.vendor), owed(globex)) == (449, 0)


def test_a_card_order_that_is_begun_afterwards_pays_who_sells_it_now(
    listing: Listing, globex: Vendor, agent: Bearer, sandbox: PaymentSandbox
) -> None:
    moved = handed_over(listing, globex, now=timezone.now())
    order = begun(agent.client, moved)
    pay(sandbox, order)
    settle(order)
    assert (owed(listing.vendor), owed(globex)) == (0, 449)


def test_a_quote_of_who_sold_it_then_is_over(
    listing: Listing, globex: Vendor, agent: Bearer
) -> None:
    asked = agent.client.post(
        "/v1/quotes", {"listing": listing.name}, content_type="application/json"
    )
    Listing.objects.update(price_cents=900)
    handed_over(listing, globex, now=timezone.now())
    status, told = buy(agent.client, listing, quoteId=asked.json()["id"])
    assert (status, told["code"]) == (409, "quote_over")
    again = agent.client.post(
        "/v1/quotes", {"listing": listing.name}, content_type="application/json"
    )
    assert again.json()["priceCents"] == 900


def test_what_a_person_has_approved_was_about_another_seller(
    listing: Listing, globex: Vendor, agent: Bearer, bob: User
) -> None:
    Listing.objects.update(price_cents=900)
    approval = Approval.objects.get(public_id=buy(agent.client, listing)[1]["approvalId"])
    approvals.approve(approval, by=person(bob), now=timezone.now())
    handed_over(listing, globex, now=timezone.now())
    status, told = buy(agent.client, listing)
    assert (status, told["code"]) == (402, "approval_required")
    approval.refresh_from_db()
    assert approval.state == ApprovalState.EXPIRED
    second = Approval.objects.get(public_id=told["approvalId"])
    approvals.approve(second, by=person(bob), now=timezone.now())
    assert buy(agent.client, listing)[0] == 201
    assert Order.objects.get().vendor == globex


class TestAListOfVendors:
    """A policy that names vendors means who sells, not what a name begins with."""

    @pytest.fixture
    def policy(self, bob: User, listing: Listing) -> SpendPolicy:
        """Bob buys from acme without being asked."""
        made: SpendPolicy = SpendPolicyFactory.create(
            user=bob, name="Agents", vendor_allowlist=[listing.vendor.public_id]
        )
        return made

    def test_it_does_not_let_the_new_seller_be_bought_from(
        self, listing: Listing, globex: Vendor, bob: User, policy: SpendPolicy
    ) -> None:
        fill(bob, 5_000)
        handed_over(listing, globex, now=timezone.now())
        status, told = buy(Bearer(bob, BUYER, spend_policy=policy).client, listing)
        assert (status, told["reasons"]) == (402, ["vendor_not_allowed"])

    def test_what_was_approved_before_delivers_what_was_out_then_and_no_more(
        self, listing: Listing, globex: Vendor, bob: User, policy: SpendPolicy
    ) -> None:
        fill(bob, 5_000)
        SpendPolicy.objects.filter(pk=policy.pk).update(vendor_allowlist=[globex.public_id])
        token = Bearer(bob, BUYER, spend_policy=SpendPolicy.objects.get(pk=policy.pk))
        approval = Approval.objects.get(public_id=buy(token.client, listing)[1]["approvalId"])
        approvals.approve(approval, by=person(bob), now=timezone.now())
        assert buy(token.client, listing)[0] == 201
        now = timezone.now()
        SpendPolicy.objects.filter(pk=policy.pk).update(vendor_allowlist=["ven_of_nobody"])
        moved = handed_over(listing, globex, now=now)
        fresh = Bearer(bob, BUYER, spend_policy=SpendPolicy.objects.get(pk=policy.pk)).actor

        def parcel(released_at: Any) -> Parcel:
            return Parcel(listing=moved, version="1.0.0", runs_code=False, released_at=released_at)

        delivery.require_allowed(parcel(now - timedelta(hours=1)), by=fresh, now=now)
        with pytest.raises(DeliveryBlocked):
            delivery.require_allowed(parcel(now + timedelta(hours=1)), by=fresh, now=now)
        assert ListingTransfer.objects.accepted().count() == 1
