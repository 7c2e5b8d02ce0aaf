"""Approvals of what a card pays: used when the order is placed, whatever becomes of it."""

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing
from payments import card_purchase_outcomes, card_purchases
from payments.errors import ApprovalRequired
from payments.models import Approval, ApprovalState, Order, OrderState
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.payments.approving import approve, asked
from tests.payments.buying import buy
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def place(agent: Bearer, listing: Listing) -> Order:
    """Begin to buy by card."""
    wanted = Wanted(listing=listing.name)
    return card_purchases.place(wanted, by=agent.actor, now=timezone.now())


@transaction.atomic
def end(order: Order) -> None:
    """Let nobody have paid."""
    card_purchase_outcomes.end(order, OrderState.CANCELED, now=timezone.now())


def test_a_purchase_by_card_needs_and_uses_an_approval(
    agent: Bearer, bob: User, dear: Listing
) -> None:
    approval = asked(agent, dear)
    with pytest.raises(ApprovalRequired):
        place(agent, dear)
    approve(approval, bob)
    order = place(agent, dear)
    approval.refresh_from_db()
    assert (approval.state, approval.order) == (ApprovalState.USED, order)
    assert place(agent, dear) == order
    with pytest.raises(ApprovalRequired):
        place(Bearer(bob, BUYER), dear)


def test_the_trail_says_which_approval_the_order_has_used(
    agent: Bearer, bob: User, dear: Listing
) -> None:
    approval = asked(agent, dear)
    approve(approval, bob)
    place(agent, dear)
    placed = Event.objects.get(action=Action.ORDER_PLACED)
    assert approval.public_id in placed.data


def test_an_order_that_ends_unpaid_has_used_it_up(agent: Bearer, bob: User, dear: Listing) -> None:
    approval = asked(agent, dear)
    approve(approval, bob)
    end(place(agent, dear))
    browser = Client()
    sign_in(browser, bob)
    page = browser.get(f"/approvals/{approval.public_id}").content.decode()
    assert "has ended unpaid" in page
    assert "It was bought." not in page
    assert ">bought<" not in browser.get("/approvals").content.decode()
    assert buy(agent.client, dear)[0] == 402


def test_one_for_an_order_that_somebody_else_has_begun_is_used_by_it(
    agent: Bearer, bob: User, dear: Listing
) -> None:
    order = place(
        Bearer(
            bob,
            BUYER,
            spend_policy=bob.spend_policies.create(name="Wide", require_approval_above_cents=1_000),
        ),
        dear,
    )
    approval = asked(agent, dear)
    approve(approval, bob)
    assert place(agent, dear) == order
    approval.refresh_from_db()
    assert (approval.state, approval.order) == (ApprovalState.USED, order)
    end(order)
    assert buy(agent.client, dear)[0] == 402


def test_a_second_one_for_the_same_order_lets_nothing_else_happen(
    agent: Bearer, bob: User, dear: Listing
) -> None:
    first = Bearer(bob, BUYER)
    for token in (first, agent):
        approve(asked(token, dear), bob)
    order = place(first, dear)
    assert place(agent, dear) == order
    assert not Approval.objects.open().exists()
    end(order)
    assert buy(agent.client, dear)[0] == 402
