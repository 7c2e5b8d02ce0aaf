"""A purchase that costs money: who bought what, for how much, and whether it is paid."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, SpendPolicy, User
from accounts.public_id import PublicIdField
from catalog.models import Listing, Vendor, long_texts_of
from payments.models.card_paid import CardPaid, CardPaidQuerySet


class OrderMethod(models.TextChoices):
    """What an order is paid with."""

    WALLET = "wallet", "Wallet"
    CARD = "card", "Card"


class OrderState(models.TextChoices):
    """How an order stands. Only a pending one moves, and only once."""

    PENDING = "pending", "Pending"
    PAID = "paid", "Paid"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


# What counts towards a policy's limits: money that is spent, or may be at any moment.
_SPENDING = (OrderState.PENDING, OrderState.PAID)


class OrderQuerySet(CardPaidQuerySet["Order"]):
    """Questions about many orders."""

    def paid(self) -> "OrderQuerySet":
        """Keep those that are paid."""
        return self.filter(state=OrderState.PAID)

    def bought_by(self, actor: Actor) -> "OrderQuerySet":
        """Keep those of the party an actor acts for: the organization's, or their own."""
        if actor.organization is not None:
            return self.filter(organization=actor.organization)
        return self.filter(user=actor.require_user())

    def sold_by(self, actor: Actor) -> "OrderQuerySet":
        """Keep those that the vendors of an actor have sold."""
        return self.filter(vendor__in=Vendor.objects.sold_under_by(actor))

    def of_party(self, party: User | Organization) -> "OrderQuerySet":
        """Keep those that a person or an organization has bought."""
        return self.filter(**{"user" if isinstance(party, User) else "organization": party})

    def with_buyer(self) -> "OrderQuerySet":
        """Bring buyer, listing and vendors in the same query."""
        return self.with_listing().select_related(
            "listing__vendor", "vendor", "user", "organization", "placed_by", "policy"
        )

    def with_listing(self) -> "OrderQuerySet":
        """Bring listing and vendors in the same query, without the listing's long texts."""
        return self.select_related("listing__vendor", "vendor").defer(*long_texts_of("listing"))

    def with_entitlement(self) -> "OrderQuerySet":
        """Bring listing, vendors, who placed it and what was given in the same query."""
        return self.with_listing().select_related(
            "listing__vendor", "vendor", "entitlement", "placed_by"
        )

    def with_disputes(self) -> "OrderQuerySet":
        """Bring what banks say of their payments, in one more query for all of them."""
        return self.prefetch_related("chargebacks")

    def spent_cents(self, *, since: datetime, lately_since: datetime) -> tuple[int, int]:
        """Return what was spent or is reserved since a moment and since a later one, in cents.

        What went back counts no more, in the window of its purchase.
        """
        counted = self.filter(state__in=_SPENDING, created_at__gte=since)
        lately, kept = Q(created_at__gte=lately_since), F("price_cents") - F("refunded_cents")
        sums = counted.aggregate(all=Sum(kept), late=Sum(kept, filter=lately))
        return sums["all"] or 0, sums["late"] or 0


class Order(CardPaid):
    """Bought by exactly one party. Amounts are those of the moment of the purchase, in cents.

    One that a card pays waits for the provider, and holds its price until it ends.
    """

    OPEN = Q(state=OrderState.PENDING)

    public_id = PublicIdField("ord")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="orders")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="orders")
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="placed_orders")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="orders")
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="orders")
    price_cents = models.PositiveIntegerField(editable=False)
    fee_cents = models.PositiveIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    method = models.CharField(max_length=6, choices=OrderMethod.choices, editable=False)
    state = models.CharField(max_length=8, choices=OrderState.choices, editable=False)
    # The public id of the credential: sessions are removed when they end, orders stay.
    credential_id = models.CharField(max_length=24, editable=False)
    # The policy that allowed it; none where a person approved the price in a browser.
    policy = models.ForeignKey(SpendPolicy, models.PROTECT, null=True, related_name="orders")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)
    # When the provider is asked next, of one that waits for it.
    check_at = models.DateTimeField(null=True, editable=False)
    # What went back to the buyer, and how much of that was the marketplace's.
    refunded_cents = models.PositiveIntegerField(default=0, editable=False)
    refunded_fee_cents = models.PositiveIntegerField(default=0, editable=False)
    # What disputes took and have not given back, and how much of that was the marketplace's.
    disputed_cents = models.PositiveIntegerField(default=0, editable=False)
    disputed_fee_cents = models.PositiveIntegerField(default=0, editable=False)
    # When the seller's part may be paid out.
    available_at = models.DateTimeField(null=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, organization__isnull=True)
                | Q(user__isnull=True, organization__isnull=False),
                name="payments_order_has_one_buyer",
            ),
            models.CheckConstraint(
                condition=Q(price_cents__gt=0, fee_cents__lte=F("price_cents")),
                name="payments_order_fee_within_price",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_order_currency_shape"
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_cents__lte=F("price_cents"),
                    refunded_fee_cents__lte=F("fee_cents"),
                    refunded_fee_cents__gte=F("refunded_cents") - F("price_cents") + F("fee_cents"),
                ),
                name="payments_order_refunds_within_price",
            ),
            models.CheckConstraint(
                condition=Q(
                    refunded_cents__lte=F("price_cents") - F("disputed_cents"),
                    refunded_fee_cents__lte=F("fee_cents") - F("disputed_fee_cents"),
                    disputed_fee_cents__lte=F("disputed_cents"),
                ),
                name="payments_order_disputes_within_price",
            ),
            models.CheckConstraint(
                condition=Q(disputed_cents=0) | Q(state=OrderState.PAID, method=OrderMethod.CARD),
                name="payments_order_disputed_was_paid_by_card",
            ),
            models.CheckConstraint(
                condition=Q(refunded_cents=0) | Q(state=OrderState.PAID),
                name="payments_order_refunded_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(method__in=OrderMethod.values), name="payments_order_method_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OrderState.values), name="payments_order_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.PAID, paid_at__isnull=False)
                | (~Q(state=OrderState.PAID) & Q(paid_at__isnull=True)),
                name="payments_order_paid_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, available_at__isnull=True)
                | Q(paid_at__isnull=False, available_at__isnull=False)
                & Q(available_at__gte=F("paid_at")),
                name="payments_order_available_once_paid",
            ),
            models.CheckConstraint(
                condition=Q(method=OrderMethod.WALLET, state=OrderState.PAID)
                | Q(method=OrderMethod.CARD),
                name="payments_order_wallet_pays_at_once",
            ),
            models.CheckConstraint(
                condition=Q(method=OrderMethod.WALLET, intent_id__isnull=True)
                | Q(method=OrderMethod.CARD, state=OrderState.PAID, intent_id__isnull=False)
                | (Q(method=OrderMethod.CARD) & ~Q(state=OrderState.PAID)),
                name="payments_order_card_has_intent",
            ),
            models.CheckConstraint(
                condition=Q(intent_id__isnull=True) | ~Q(intent_id=""),
                name="payments_order_intent_named",
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.PENDING, check_at__isnull=False)
                | (~Q(state=OrderState.PENDING) & Q(check_at__isnull=True)),
                name="payments_order_pending_is_looked_at",
            ),
            models.UniqueConstraint(
                fields=["user", "listing"],
                condition=Q(state=OrderState.PENDING),
                name="payments_order_one_pending_of_user",
            ),
            models.UniqueConstraint(
                fields=["organization", "listing"],
                condition=Q(state=OrderState.PENDING),
                name="payments_order_one_pending_of_organization",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="payments_order_by_user"),
            models.Index(fields=["organization", "-created_at"], name="payments_order_by_org"),
            models.Index(fields=["vendor", "-created_at"], name="payments_order_by_vendor"),
            models.Index(fields=["policy", "-created_at"], name="payments_order_by_policy"),
            models.Index(
                fields=["check_at"],
                name="payments_order_open",
                condition=Q(state=OrderState.PENDING),
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"order:{self.public_id}"

    @property
    def event(self) -> str:
        """Return the ledger's event of the payment."""
        return f"order:{self.public_id}"

    @property
    def buyer(self) -> User | Organization:
        """Return who has bought it."""
        party = self.organization or self.user
        assert party is not None  # a constraint holds it
        return party

    @property
    def approved_by(self) -> str:
        """Return the public id of the approval that it needed; empty if it needed none."""
        is_limited = self.policy_id is not None or self.organization_id is not None
        approval = getattr(self, "approval", None) if is_limited else None
        return approval.public_id if approval else ""

    @property
    def is_by_card(self) -> bool:
        """Tell whether a card pays it, and not the wallet."""
        return self.method == OrderMethod.CARD

    @property
    def is_pending(self) -> bool:
        """Tell whether somebody may still pay it."""
        return self.state == OrderState.PENDING

    @property
    def seller_cents(self) -> int:
        """Return the seller's part."""
        return self.price_cents - self.fee_cents

    @property
    def earned_cents(self) -> int:
        """Return what is left of the seller's part where some of the price is gone."""
        gone = self.refunded_cents + self.disputed_cents
        return self.seller_cents - gone + self.refunded_fee_cents + self.disputed_fee_cents

    @property
    def refundable_cents(self) -> int:
        """Return what is left of the price."""
        return self.price_cents - self.refunded_cents - self.disputed_cents

    @property
    def is_refunded(self) -> bool:
        """Tell whether all of it went back."""
        return self.refunded_cents == self.price_cents

    @property
    def is_paid(self) -> bool:
        """Tell whether the money has moved."""
        return self.state == OrderState.PAID

    def is_available(self, *, now: datetime) -> bool:
        """Tell whether the seller's part may be paid out."""
        return self.available_at is not None and self.available_at <= now
