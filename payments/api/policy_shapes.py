"""How spend policies look in JSON."""

from rest_framework import serializers

from accounts.api.serializers import CamelSerializer
from payments.spending import Outcome, Reason


class SpendPolicySerializer(CamelSerializer):
    """What a policy says, and what is left of it; amounts in cents, windows in UTC."""

    id = serializers.CharField(source="policy.public_id")
    name = serializers.CharField(source="policy.name")
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
    reasons = serializers.ListField(
        source="decision.reasons",
        child=serializers.ChoiceField(choices=[reason.value for reason in Reason]),
    )
    left_today_cents = serializers.IntegerField(source="budget.left_today_cents")
    left_this_month_cents = serializers.IntegerField(source="budget.left_this_month_cents")
