"""How buying looks in JSON."""

from rest_framework import serializers

from accounts.api.serializers import CamelSerializer


class NewPurchaseSerializer(CamelSerializer):
    """Somebody wants a listing, by its name."""

    listing = serializers.CharField(max_length=200)


class PurchaseSerializer(CamelSerializer):
    """What it came to."""

    entitlement_id = serializers.CharField(source="entitlement.public_id")
    listing = serializers.CharField(source="listing.name")
    price_cents = serializers.IntegerField(source="listing.price_cents")
    status = serializers.SerializerMethodField()

    def get_status(self, _purchase: object) -> str:
        """Return `granted`: the buyer has it."""
        return "granted"


class EntitlementSerializer(CamelSerializer):
    """What somebody has."""

    id = serializers.CharField(source="public_id")
    listing = serializers.CharField(source="listing.name")
    source = serializers.CharField()  # type: ignore[assignment]  # hides an attribute nobody uses
    granted_at = serializers.DateTimeField()
