"""What people type and choose on the pages of this room."""

import uuid
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.conf import settings

from accounts.models import SpendPolicy
from accounts.policies import MOST_AGE_HOURS, NAME_LENGTH, Terms
from accounts.policies import MOST_CENTS as MOST_CENTS_OF_POLICIES
from catalog.models import Vendor
from mog_package import PackageType
from payments.auto_top_up import Rule
from payments.models import AutoTopUp, Order
from payments.models.auto_top_up import MOST_MONTHLY_CENTS
from payments.models.refund import REASON_LENGTH
from payments.models.top_up import LEAST_CENTS, MOST_CENTS

_LIMIT: dict[str, Any] = {"least_cents": 0, "most_cents": MOST_CENTS_OF_POLICIES}


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


class ForParty(forms.Form):
    """A form that carries for whom it was shown (`payments.views.acting_for`)."""

    acting_for = forms.CharField(required=False, widget=forms.HiddenInput)


class TopUpForm(ForParty):
    """How much; the key makes a form that is sent twice one top-up."""

    amount = MoneyField(
        label=f"Amount in {settings.CURRENCY}",
        least_cents=LEAST_CENTS,
        most_cents=MOST_CENTS,
        help_text=f"From {dollars(LEAST_CENTS)} to {dollars(MOST_CENTS)}.",
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @classmethod
    def renewed(cls, data: Any) -> dict[str, Any]:
        """Return what was typed, under a fresh key."""
        return {**data.dict(), "key": str(uuid.uuid4())}


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


class PolicyForm(ForParty):
    """What a spend policy says. Vendors are typed by name and kept by their opaque ids."""

    name = forms.CharField(max_length=NAME_LENGTH, help_text="So that you recognise it later.")
    max_per_purchase = MoneyField(label="Most for one purchase", **_LIMIT)
    daily_limit = MoneyField(label="Most for a day", help_text="From midnight, UTC.", **_LIMIT)
    monthly_limit = MoneyField(label="Most for a calendar month", **_LIMIT)
    require_approval_above = MoneyField(
        label="Ask me above", help_text="What costs more waits for you.", **_LIMIT
    )
    vendors = forms.CharField(
        label="Only from these vendors",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Their names, with spaces between. Empty: from all.",
    )
    blocked_types = forms.MultipleChoiceField(
        label="Never these types",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, kind.value) for kind in PackageType],
    )
    min_release_age_hours = forms.IntegerField(
        label="Only releases older than so many hours", min_value=0, max_value=MOST_AGE_HOURS
    )
    verified_vendors_only = forms.BooleanField(label="Only from verified vendors", required=False)
    allow_executable = forms.BooleanField(label="Also packages that run code", required=False)
    is_active = forms.BooleanField(
        label="In force",
        required=False,
        help_text="Otherwise tokens under it can spend nothing.",
    )

    @classmethod
    def of(cls, policy: SpendPolicy | None, data: Any = None, *, party: str) -> Self:
        """Return the form of a policy, or of a new one with the usual limits, shown for a party."""
        says = policy or SpendPolicy(name="")
        allowed = Vendor.objects.filter(public_id__in=says.vendor_allowlist)
        initial = {
            "acting_for": party,
            "name": says.name,
            "max_per_purchase": dollars(says.max_per_purchase_cents),
            "daily_limit": dollars(says.daily_limit_cents),
            "monthly_limit": dollars(says.monthly_limit_cents),
            "require_approval_above": dollars(says.require_approval_above_cents),
            "vendors": " ".join(allowed.order_by("slug").values_list("slug", flat=True)),
            "blocked_types": says.blocked_types,
            "min_release_age_hours": says.min_release_age_hours,
            "verified_vendors_only": says.verified_vendors_only,
            "allow_executable": says.allow_executable,
            "is_active": says.is_active,
        }
        return cls(data, initial=initial)

    def clean_vendors(self) -> list[str]:
        """Return the vendors' ids; say which names nobody sells under."""
        slugs = set(self.cleaned_data["vendors"].replace(",", " ").split())
        found = dict(Vendor.objects.filter(slug__in=slugs).values_list("slug", "public_id"))
        if missing := sorted(slugs - found.keys()):
            raise forms.ValidationError(f"Nobody sells under: {', '.join(missing)}.")
        return sorted(found.values())

    def terms(self) -> Terms:
        """Return what it says."""
        said = self.cleaned_data
        return Terms(
            name=said["name"],
            is_active=said["is_active"],
            max_per_purchase_cents=said["max_per_purchase"],
            daily_limit_cents=said["daily_limit"],
            monthly_limit_cents=said["monthly_limit"],
            require_approval_above_cents=said["require_approval_above"],
            vendor_allowlist=said["vendors"],
            blocked_types=said["blocked_types"],
            min_release_age_hours=said["min_release_age_hours"],
            verified_vendors_only=said["verified_vendors_only"],
            allow_executable=said["allow_executable"],
        )


class AutoTopUpForm(ForParty):
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
