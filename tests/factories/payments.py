"""The least valid rows of the payments room."""

from datetime import timedelta

import factory
from django.utils import timezone

from catalog import pricing
from payments.models import (
    Chargeback,
    Entitlement,
    Order,
    OrderMethod,
    OrderState,
    Payer,
    SellerAccount,
    Source,
    TopUp,
)
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory


class EntitlementFactory(factory.django.DjangoModelFactory[Entitlement]):
    """A person has a free listing."""

    class Meta:
        model = Entitlement

    listing = factory.SubFactory(ListingFactory)
    user = factory.SubFactory(UserFactory)
    source = Source.FREE


class PayerFactory(factory.django.DjangoModelFactory[Payer]):
    """A person whom the provider does not know yet."""

    class Meta:
        model = Payer

    user = factory.SubFactory(UserFactory)


class TopUpFactory(factory.django.DjangoModelFactory[TopUp]):
    """A person has asked for it, and the provider does not know yet."""

    class Meta:
        model = TopUp

    payer = factory.SubFactory(PayerFactory)
    started_by = factory.LazyAttribute(lambda top_up: top_up.payer.user)
    amount_cents = 1000
    currency = "USD"
    created_at = factory.LazyFunction(timezone.now)
    check_at = factory.LazyAttribute(lambda top_up: top_up.created_at + timedelta(minutes=2))


class OrderFactory(factory.django.DjangoModelFactory[Order]):
    """A person has paid for a listing from the wallet; money and entitlement are not made."""

    class Meta:
        model = Order

    user = factory.SubFactory(UserFactory)
    placed_by = factory.LazyAttribute(
        lambda order: order.user or UserFactory.create()  # an organization's is placed by somebody
    )
    listing = factory.SubFactory(ListingFactory, price_cents=499)
    vendor = factory.LazyAttribute(lambda order: order.listing.vendor)
    price_cents = factory.LazyAttribute(lambda order: order.listing.price_cents)
    fee_cents = factory.LazyAttribute(lambda order: pricing.split(order.price_cents).fee_cents)
    currency = "USD"
    method = OrderMethod.WALLET
    state = OrderState.PAID
    credential_id = "tok_00000000000000000000"
    created_at = factory.LazyFunction(timezone.now)
    paid_at = factory.LazyAttribute(lambda order: order.created_at if _is_paid(order) else None)
    available_at = factory.LazyAttribute(
        lambda order: order.paid_at + timedelta(days=7) if _is_paid(order) else None
    )
    check_at = factory.LazyAttribute(
        lambda order: order.created_at if order.state == OrderState.PENDING else None
    )


class ChargebackFactory(factory.django.DjangoModelFactory[Chargeback]):
    """The owner of a card has disputed a top-up; no money has moved, and nothing is frozen."""

    class Meta:
        model = Chargeback

    top_up = factory.SubFactory(TopUpFactory)
    provider_id = factory.Sequence(lambda number: f"dp_{number}")
    reason = "fraudulent"
    amount_cents = 1000
    currency = "USD"
    disputed_at = factory.LazyFunction(timezone.now)


def _is_paid(order: Order) -> bool:
    return order.state == OrderState.PAID


class SellerAccountFactory(factory.django.DjangoModelFactory[SellerAccount]):
    """A vendor who can be paid, as far as we know."""

    class Meta:
        model = SellerAccount

    vendor = factory.SubFactory(VendorFactory)
    opened_by = factory.LazyAttribute(lambda account: account.vendor.user)
    country = "US"
    account_id = factory.Sequence(lambda number: f"acct_{number}")
    details_submitted = True
    can_receive = True
    checked_at = factory.LazyFunction(timezone.now)
