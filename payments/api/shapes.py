"""How buying looks in JSON."""

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import CamelSerializer
from payments import debts, freezing
from payments.api.fields import CentsField, FlagField
from payments.freezing import FreezeKind
from payments.models import (
    Account,
    ChargebackState,
    Order,
    OrderMethod,
    OrderState,
    PayoutState,
)
from payments.models.chargeback import state_of
from payments.sales import HoldReason

_DISPUTE_STATE = serializers.ChoiceField(choices=ChargebackState.choices, allow_null=True)


class NewPurchaseSerializer(CamelSerializer):
    """Somebody wants a listing, by its name."""

    listing = serializers.CharField(max_length=200)
    use_wallet = FlagField(
        default=True, help_text="Pay from the wallet; else a person pays by card at `payUrl`."
    )
    max_price_cents = CentsField(
        required=False, help_text="Refuse to pay more: answers 409 with the price."
    )
    quote_id = serializers.CharField(
        required=False, max_length=40, help_text="Pay what this quote has locked."
    )


class PurchaseSerializer(CamelSerializer):
    """What it came to."""

    entitlement_id = serializers.CharField(source="entitlement.public_id")
    order_id = serializers.CharField(
        source="order.public_id", required=False, help_text="What paid for it; absent if free."
    )
    listing = serializers.CharField(source="listing.name")
    price_cents = serializers.IntegerField()
    status = serializers.SerializerMethodField()

    def get_status(self, _purchase: object) -> str:
        """Return `granted`: the buyer has it."""
        return "granted"


class PendingPurchaseSerializer(CamelSerializer):
    """A purchase that waits for a card."""

    order_id = serializers.CharField()
    listing = serializers.CharField()
    price_cents = serializers.IntegerField(help_text="Held for a day.")
    status = serializers.ChoiceField(choices=["pending"])
    client_secret = serializers.CharField(help_text="For the payment provider's own card form.")
    pay_url = serializers.CharField(help_text="Where a person pays, and sees what became of it.")


class EntitlementSerializer(CamelSerializer):
    """What somebody has."""

    id = serializers.CharField(source="public_id")
    listing = serializers.CharField(source="listing.name")
    source = serializers.CharField()  # type: ignore[assignment]  # hides an attribute nobody uses
    granted_at = serializers.DateTimeField()


class OrderSerializer(CamelSerializer):
    """What somebody has bought for money; amounts are those of the purchase."""

    id = serializers.CharField(source="public_id")
    listing = serializers.CharField(source="listing.name")
    vendor = serializers.CharField(source="vendor.slug")
    price_cents = serializers.IntegerField()
    currency = serializers.CharField()
    method = serializers.ChoiceField(choices=OrderMethod.choices)
    state = serializers.ChoiceField(choices=OrderState.choices)
    entitlement_id = serializers.SerializerMethodField()
    placed_by = serializers.CharField(
        source="placed_by.username", help_text="Who bought it, for whomever."
    )
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    receipt_url = serializers.SerializerMethodField()
    refunded_cents = serializers.IntegerField()
    disputed_cents = serializers.IntegerField(
        help_text="What disputes at the bank took and have not given back."
    )
    dispute_state = serializers.SerializerMethodField()

    @extend_schema_field(_DISPUTE_STATE)
    def get_dispute_state(self, order: Order) -> str | None:
        """Return how its payment stands with the bank; null if nobody disputes it."""
        return state_of(order)

    def get_entitlement_id(self, order: Order) -> str | None:
        """Return what it gave; null before it is paid."""
        given = getattr(order, "entitlement", None)
        return given.public_id if given else None

    def get_receipt_url(self, order: Order) -> str:
        """Return the page of the receipt."""
        return f"{settings.SITE_URL}{reverse('order', args=[order.public_id])}"


class FreezeSerializer(CamelSerializer):
    """A reason that keeps a wallet frozen, and the top-up that was disputed if that is it."""

    reason = serializers.ChoiceField(
        source="kind", choices=[kind.value for kind in FreezeKind], help_text="A word for it."
    )
    since = serializers.DateTimeField()
    top_up_id = serializers.CharField(help_text="Empty if no top-up is the reason.")
    disputed_cents = serializers.IntegerField()


class WalletSerializer(CamelSerializer):
    """What is in a wallet. A frozen one takes money in and gives none out."""

    balance_cents = serializers.IntegerField()
    available_cents = serializers.IntegerField()
    currency = serializers.CharField()
    is_frozen = serializers.BooleanField()
    frozen_because = serializers.SerializerMethodField()
    owed_cents = serializers.SerializerMethodField()

    @extend_schema_field(FreezeSerializer(many=True))
    def get_frozen_because(self, wallet: Account) -> list[dict[str, object]]:
        """Return every reason that keeps it frozen, oldest first."""
        reasons = freezing.why(wallet) if wallet.is_frozen else []
        return list(FreezeSerializer(reasons, many=True).data)

    def get_owed_cents(self, wallet: Account) -> int:
        """Return what its owner owes after lost disputes; the next money that comes pays it."""
        return debts.owed_on(wallet)


class LineSerializer(CamelSerializer):
    """One event on a wallet: in, or out if below zero, and what was left."""

    at = serializers.DateTimeField()
    what = serializers.CharField(source="name")
    reference = serializers.CharField()
    listing = serializers.CharField(source="listing_name", help_text="Empty if none was bought.")
    amount_cents = serializers.IntegerField()
    balance_cents = serializers.IntegerField()


class EarningSerializer(CamelSerializer):
    """One sale as its seller sees it."""

    order_id = serializers.CharField(source="order.public_id")
    listing = serializers.CharField(source="order.listing.name")
    vendor = serializers.CharField(source="order.vendor.slug")
    price_cents = serializers.IntegerField(source="order.price_cents")
    fee_cents = serializers.IntegerField(source="order.fee_cents")
    earned_cents = serializers.IntegerField(source="order.earned_cents")
    currency = serializers.CharField(source="order.currency")
    paid_at = serializers.DateTimeField(source="order.paid_at")
    available_at = serializers.DateTimeField(source="order.available_at")
    hold_reason = serializers.ChoiceField(
        choices=[reason.value for reason in HoldReason],
        allow_null=True,
        help_text="Why it cannot be paid out yet; null once it can.",
    )
    dispute_state = serializers.ChoiceField(choices=ChargebackState.choices, allow_null=True)


class PayoutSerializer(CamelSerializer):
    """What a vendor is paid for a week."""

    id = serializers.CharField(source="public_id")
    vendor = serializers.CharField(source="vendor.slug")
    period = serializers.CharField(help_text="A week of ISO 8601, such as 2026-W48.")
    amount_cents = serializers.IntegerField()
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=PayoutState.choices)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class RefundSerializer(CamelSerializer):
    """What went back to the wallet."""

    id = serializers.CharField(source="public_id")
    order_id = serializers.CharField(source="order.public_id")
    amount_cents = serializers.IntegerField()
    currency = serializers.CharField(source="order.currency")
    created_at = serializers.DateTimeField()
