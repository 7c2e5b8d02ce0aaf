"""What a request that came in before an organization was deleted may still begin: nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, Role, User
from mog_site import organization_deletion
from payments import auto_top_up, card_purchases, idempotency, top_ups
from payments.auto_top_up import Rule
from payments.models import AutoTopUp, Order, TopUp
from payments.sale_terms import Wanted
from tests.factories.catalog import ListingFactory
from tests.factories.payments import PayerFactory
from tests.organizations import Team

pytestmark = pytest.mark.django_db
_RULE = Rule(is_enabled=True, threshold_cents=500, amount_cents=1_000, monthly_ceiling_cents=5_000)


@pytest.fixture
def late() -> Actor:
    """An owner whose request came in a moment before the organization was deleted."""
    acme = Team()
    PayerFactory.create(user=None, organization=acme.organization, default_method_id="pm_1")
    owner = acme.actor(Role.OWNER)
    organization_deletion.delete(acme.organization, by=owner, now=timezone.now())
    return replace(owner, organization=acme.organization, role=Role.OWNER)


def order(by: Actor, now: datetime) -> None:
    card_purchases.place(Wanted(listing="globex/pdf"), by=by, now=now)


def top_up(by: Actor, now: datetime) -> None:
    asked = idempotency.keyed("top-up", route="POST /test", body={})
    top_ups.start(asked, amount_cents=500, by=by, now=now)


def let_it_fill_itself(by: Actor, now: datetime) -> None:
    auto_top_up.change(_RULE, by=by, now=now)


@pytest.mark.parametrize("begin", [order, top_up, let_it_fill_itself])
def test_it_begins_nothing(
    late: Actor, alice: User, begin: Callable[[Actor, datetime], None]
) -> None:
    ListingFactory.create(slug="pdf", vendor__slug="globex", vendor__user=alice, price_cents=499)
    with pytest.raises(Organization.DoesNotExist):
        begin(late, timezone.now())
    assert not Order.objects.exists()
    assert not TopUp.objects.exists()
    assert not AutoTopUp.objects.exists()
