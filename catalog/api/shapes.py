"""How the shelf looks in JSON."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers import CamelSerializer
from catalog.models import ListingState, ListingTransfer, TransferState, Visibility
from catalog.models.listing import TYPE_CHOICES
from catalog.search.query import Sort
from mog_package import Target

_TARGETS = [target.value for target in Target]


class SearchSerializer(CamelSerializer):
    """The questions of a search; what is not asked narrows nothing."""

    q = serializers.CharField(max_length=200, required=False, default="")
    type = serializers.ChoiceField(choices=TYPE_CHOICES, required=False, default="")
    target = serializers.ChoiceField(choices=_TARGETS, required=False, default="")
    tag = serializers.CharField(max_length=100, required=False, default="")
    vendor = serializers.CharField(max_length=100, required=False, default="")
    price = serializers.ChoiceField(choices=["free", "paid"], required=False, default=None)
    verified = serializers.BooleanField(required=False, default=False)
    runs_code = serializers.BooleanField(required=False, default=None, allow_null=True)
    sort = serializers.ChoiceField(
        choices=[sort.value for sort in Sort], required=False, default=Sort.RELEVANCE.value
    )
    limit = serializers.IntegerField(min_value=1, max_value=100, required=False, default=20)
    cursor = serializers.CharField(max_length=400, required=False, default="")


class ListingSerializer(CamelSerializer):
    """One package as lists show it."""

    id = serializers.CharField(source="public_id")
    vendor = serializers.CharField(source="vendor.slug")
    slug = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=[*TYPE_CHOICES, ("", "")])
    title = serializers.CharField()
    summary = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())
    targets = serializers.ListField(child=serializers.ChoiceField(choices=_TARGETS))
    price_cents = serializers.IntegerField()
    currency = serializers.SerializerMethodField()
    verified = serializers.BooleanField(source="is_verified")
    runs_code = serializers.BooleanField()
    latest_version = serializers.SerializerMethodField()
    released_at = serializers.DateTimeField(allow_null=True)
    downloads = serializers.IntegerField()
    url = serializers.SerializerMethodField()

    def get_currency(self, _listing: object) -> str:
        """Return the one currency of this marketplace (ISO 4217)."""
        currency: str = settings.CURRENCY
        return currency

    def get_latest_version(self, listing: object) -> str | None:
        """Return the highest published version; none before the first."""
        version: str = listing.latest_version  # type: ignore[attr-defined]  # a Listing
        return version or None

    def get_url(self, listing: object) -> str:
        """Return the page."""
        return f"{settings.SITE_URL}/{listing.name}"  # type: ignore[attr-defined]  # a Listing


class VendorSerializer(CamelSerializer):
    """Who sells."""

    id = serializers.CharField(source="public_id")
    slug = serializers.CharField()
    display_name = serializers.CharField()
    bio = serializers.CharField()
    website = serializers.CharField()
    verified = serializers.BooleanField(source="is_verified")


class ListingDetailSerializer(ListingSerializer):
    """One package with all that strangers may know of it."""

    visibility = serializers.ChoiceField(choices=Visibility.choices)
    state = serializers.ChoiceField(choices=ListingState.choices)
    license = serializers.CharField()
    capabilities = serializers.DictField()
    readme_html = serializers.CharField()
    vendor_details = VendorSerializer(source="vendor")


class TransferSerializer(CamelSerializer):
    """One offer to hand a package over; `from` and `to` are vendors by their slugs."""

    id = serializers.CharField(source="public_id")
    listing = serializers.CharField(source="listing.name")
    to = serializers.CharField(source="to_vendor.slug")
    state = serializers.SerializerMethodField()
    offered_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, with the one whose name is a word of Python."""
        return super().get_fields() | {"from": serializers.CharField(source="from_vendor.slug")}

    @extend_schema_field(serializers.ChoiceField(choices=TransferState.choices))
    def get_state(self, transfer: ListingTransfer) -> str:
        """Return how it stands at the moment that the view names."""
        return transfer.state_at(self.context["now"])


class NewVendorSerializer(CamelSerializer):
    """Somebody wants to sell."""

    slug = serializers.CharField(max_length=100)
    display_name = serializers.CharField(max_length=200)
    bio = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    website = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class DescriptionSerializer(CamelSerializer):
    """What a seller changes; the rest stays."""

    title = serializers.CharField(max_length=200, required=False)
    summary = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=50, required=False
    )
    price_cents = serializers.IntegerField(required=False)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
