"""How spend policies look in JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import CamelSerializer
from payments import approval_mail
from payments.models import Approval, ApprovalState
from payments.spending import Outcome, Reason


class ReasonsField(serializers.ListField):
    """Words of `Reason`."""

    def __init__(self, **options: Any) -> None:
        child = serializers.ChoiceField(choices=[reason.value for reason in Reason])
        super().__init__(child=child, **options)


class SpendPolicySerializer(CamelSerializer):
    """What a policy says, and what is left of it; amounts in cents, windows in UTC."""

    id = serializers.CharField(source="policy.public_id")
    name = serializers.CharField(source="policy.name")
    organization_id = serializers.CharField(
        source="policy.organization.public_id",
        default=None,
        help_text="Whose wallet it binds, whoever buys; null for a policy of one's own.",
    )
    is_default = serializers.BooleanField(source="policy.is_default")
    active = serializers.BooleanField(source="policy.is_active")
    max_per_purchase_cents = serializers.IntegerField(source="policy.max_per_purchase_cents")
    daily_limit_cents = serializers.IntegerField(source="policy.daily_limit_cents")
    monthly_limit_cents = serializers.IntegerField(source="policy.monthly_limit_cents")
    require_approval_above_cents = serializers.IntegerField(
        source="policy.require_approval_above_cents"
    )
    vendor_allowlist = serializers.ListField(
        source="policy.vendor_allowlist", child=serializers.CharField()
    )
    blocked_types = serializers.ListField(
        source="policy.blocked_types", child=serializers.CharField()
    )
    min_release_age_hours = serializers.IntegerField(source="policy.min_release_age_hours")
    verified_vendors_only = serializers.BooleanField(source="policy.verified_vendors_only")
    allow_executable = serializers.BooleanField(source="policy.allow_executable")
    left_today_cents = serializers.IntegerField()
    left_this_month_cents = serializers.IntegerField()


class ToSimulateSerializer(CamelSerializer):
    """A listing by its name."""

    listing = serializers.CharField(max_length=200)


class SimulationSerializer(CamelSerializer):
    """What would become of buying it now."""

    listing = serializers.CharField(source="listing.name")
    price_cents = serializers.IntegerField(source="listing.price_cents")
    outcome = serializers.ChoiceField(
        source="decision.outcome", choices=[outcome.value for outcome in Outcome]
    )
    reasons = ReasonsField(source="decision.reasons")
    left_today_cents = serializers.IntegerField(source="budget.left_today_cents")
    left_this_month_cents = serializers.IntegerField(source="budget.left_this_month_cents")


class DecisionSerializer(CamelSerializer):
    """What the policies that apply say to a purchase."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    reasons = ReasonsField()


class BudgetSerializer(CamelSerializer):
    """What is left under one policy."""

    policy_id = serializers.CharField(source="policy.public_id")
    name = serializers.CharField(source="policy.name")
    left_today_cents = serializers.IntegerField()
    left_this_month_cents = serializers.IntegerField()


class QuotedSerializer(CamelSerializer):
    """A locked price, and what would become of the purchase now."""

    id = serializers.CharField(source="quote.public_id")
    listing = serializers.CharField(source="quote.listing.name")
    price_cents = serializers.IntegerField(source="quote.price_cents")
    currency = serializers.CharField(source="quote.currency")
    expires_at = serializers.DateTimeField(source="quote.expires_at")
    decision = DecisionSerializer()
    budgets = BudgetSerializer(many=True)
    organization = serializers.CharField(
        source="quote.organization.slug",
        default=None,
        allow_null=True,
        help_text="Whose wallet pays; null for one's own.",
    )
    owned = serializers.BooleanField(
        source="is_owned", help_text="The buyer has it, so that buying it costs nothing."
    )
    shortfall_cents = serializers.IntegerField(
        source="missing_cents", help_text="What the wallet lacks of the price."
    )
    wallet_frozen = serializers.BooleanField(
        source="is_wallet_frozen", help_text="The wallet gives no money out."
    )


class ApprovalSerializer(CamelSerializer):
    """A purchase that waits for a person, and what they said."""

    id = serializers.CharField(source="public_id")
    state = serializers.SerializerMethodField()
    listing = serializers.CharField(source="listing.name")
    price_cents = serializers.IntegerField()
    currency = serializers.CharField()
    reasons = ReasonsField()
    order_id = serializers.CharField(
        source="order.public_id", default=None, allow_null=True, help_text="What has used it."
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    approval_url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=ApprovalState.choices))
    def get_state(self, approval: Approval) -> str:
        """Return how it stands at this moment."""
        return approval.state_at(self.context["now"]).value

    def get_approval_url(self, approval: Approval) -> str:
        """Return the page where a person decides."""
        return approval_mail.url_of(approval.public_id)
