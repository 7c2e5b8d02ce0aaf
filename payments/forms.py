"""What people type and choose on the pages of this room."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from payments.auto_top_up import Rule
from payments.models import AutoTopUp, Order
from payments.models.auto_top_up import MOST_MONTHLY_CENTS
from payments.models.refund import REASON_LENGTH
from payments.models.top_up import LEAST_CENTS, MOST_CENTS


def dollars(cents: int) -> str:
    """Return cents as a form shows them."""
    return f"{cents // 100}.{cents % 100:02}"


class MoneyField(forms.DecimalField):
    """An amount in whole units and cents; the form's value is in cents."""

    def __init__(self, *, least_cents: int, most_cents: int, **options: Any) -> None:
        widget = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
        super().__init__(
            decimal_places=2,
            max_digits=9,
            min_value=Decimal(least_cents) / 100,
            max_value=Decimal(most_cents) / 100,
            widget=widget,
            **options,
        )

    def clean(self, value: Any) -> int | None:
        """Return cents; None for an empty field that may be."""
        amount = super().clean(value)
        return None if amount is None else int(amount * 100)


class TopUpForm(forms.Form):
    """How much; the key makes a form that is sent twice one top-up."""

    amount = MoneyField(
        label="Amount",
        least_cents=LEAST_CENTS,
        most_cents=MOST_CENTS,
        help_text=f"From {dollars(LEAST_CENTS)} to {dollars(MOST_CENTS)}.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @classmethod
    def renewed(cls, data: Any) -> dict[str, Any]:
        """Return what was typed, under a fresh key."""
        return {"amount": data.get("amount"), "key": str(uuid.uuid4())}


class RefundForm(forms.Form):
    """How much of an order goes back, as staff decides, and why."""

    def __init__(self, data: Any = None, *, order: Order) -> None:
        """Offer all that is left of it."""
        super().__init__(data)
        left = dollars(order.refundable_cents)
        self.fields["amount"] = MoneyField(
            label=f"Amount in {order.currency}",
            least_cents=1,
            most_cents=order.price_cents,
            initial=left,
            help_text=f"At most {left}. What is refunded whole is its buyer's no longer.",
        )
        self.fields["reason"] = forms.CharField(
            max_length=REASON_LENGTH,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="The buyer reads it.",
            error_messages={"required": "Say why."},
        )


class AutoTopUpForm(forms.Form):
    """When a wallet fills itself, by how much, and how much a month at most."""

    is_enabled = forms.BooleanField(label="Fill my wallet by itself", required=False)
    threshold = MoneyField(
        label="When less than this is left", least_cents=100, most_cents=MOST_CENTS
    )
    amount = MoneyField(label="Charge", least_cents=LEAST_CENTS, most_cents=MOST_CENTS)
    monthly_ceiling = MoneyField(
        label="At most in a calendar month",
        least_cents=LEAST_CENTS,
        most_cents=MOST_MONTHLY_CENTS,
        help_text="Months are counted in UTC.",
    )

    @staticmethod
    def of(auto: AutoTopUp) -> dict[str, Any]:
        """Return a rule as the form shows it."""
        return {
            "is_enabled": auto.is_enabled,
            "threshold": dollars(auto.threshold_cents),
            "amount": dollars(auto.amount_cents),
            "monthly_ceiling": dollars(auto.monthly_ceiling_cents),
        }

    def rule(self) -> Rule:
        """Return what was chosen."""
        said = self.cleaned_data
        return Rule(
            is_enabled=said["is_enabled"],
            threshold_cents=said["threshold"],
            amount_cents=said["amount"],
            monthly_ceiling_cents=said["monthly_ceiling"],
        )


class PayoutSetUpForm(forms.Form):
    """Where a seller pays taxes: one of the countries this marketplace pays to."""

    country = forms.ChoiceField(
        label="Country",
        help_text="Where you live, or where your company is registered. It cannot be changed.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, code) for code in settings.PAYOUT_COUNTRIES]
