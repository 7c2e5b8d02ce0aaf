"""The shelf in the admin: to find and look at, and to give or take a vendor's badge."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.actor import Actor
from accounts.admin import LookOnlyAdmin
from accounts.http import origin_of
from accounts.models import User
from catalog import vendors
from catalog.models import Listing, ListingTransfer, Vendor
from catalog.models.listing import LONG_TEXTS

if TYPE_CHECKING:
    _Vendors = QuerySet[Vendor]
else:
    _Vendors = QuerySet  # not subscriptable when it runs


@admin.register(Vendor)
class VendorAdmin(LookOnlyAdmin):
    """Who sells; the badge is given and taken by actions, which audit."""

    list_display = ("slug", "public_id", "display_name", "user", "verified_at", "created_at")
    list_select_related = ("user",)
    search_fields = ("slug__startswith", "public_id__exact", "user__username__exact")
    ordering = ("-pk",)
    fields = (
        "public_id",
        "slug",
        "user",
        "organization",
        "display_name",
        "bio",
        "website",
        "verified_at",
        "created_at",
    )
    readonly_fields = fields
    actions = ("verify", "unverify")

    def has_verify_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may give and take badges."""
        assert isinstance(request.user, User)
        return request.user.has_perm("catalog.change_vendor")

    @admin.action(description="Give the verified badge", permissions=["verify"])
    def verify(self, request: HttpRequest, queryset: _Vendors) -> None:
        """Give it to each."""
        self._set(request, queryset, is_verified=True)

    @admin.action(description="Take the verified badge", permissions=["verify"])
    def unverify(self, request: HttpRequest, queryset: _Vendors) -> None:
        """Take it from each."""
        self._set(request, queryset, is_verified=False)

    def _set(self, request: HttpRequest, queryset: _Vendors, *, is_verified: bool) -> None:
        assert isinstance(request.user, User)
        by = Actor.staff(request.user, origin=origin_of(request))
        for vendor in queryset:
            vendors.set_verified(vendor, is_verified=is_verified, by=by, now=timezone.now())
        self.message_user(request, "The badges are set.", messages.SUCCESS)


@admin.register(Listing)
class ListingAdmin(LookOnlyAdmin):
    """What is offered; its own page shows what buyers see."""

    list_display = ("name", "public_id", "type", "state", "visibility", "latest_version", "page")
    list_filter = ("state", "type", "visibility", "runs_code")
    list_select_related = ("vendor",)
    search_fields = ("name__startswith", "public_id__exact")
    ordering = ("-pk",)
    exclude = LONG_TEXTS

    @admin.display(description="page")
    def page(self, listing: Listing) -> SafeString:
        """Link to its page."""
        address = reverse("listing", args=[listing.namespace, listing.slug])
        return format_html('<a href="{}">Open</a>', address)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave the long texts out."""
        listings: Any = super().get_queryset(request)
        return listings.without_texts()


@admin.register(ListingTransfer)
class ListingTransferAdmin(LookOnlyAdmin):
    """Which listing was offered by whom to whom, and what came of it."""

    list_display = ("public_id", "listing_name", "giver", "receiver", "state", "offered_at")
    list_filter = ("state",)
    list_select_related = ("listing", "from_vendor", "to_vendor")
    search_fields = ("public_id__exact", "listing__name__startswith")
    ordering = ("-pk",)

    @admin.display(description="listing")
    def listing_name(self, transfer: ListingTransfer) -> str:
        """Return its name."""
        return transfer.listing.name

    @admin.display(description="from")
    def giver(self, transfer: ListingTransfer) -> str:
        """Return the slug of who offers it."""
        return transfer.from_vendor.slug

    @admin.display(description="to")
    def receiver(self, transfer: ListingTransfer) -> str:
        """Return the slug of who may take it."""
        return transfer.to_vendor.slug
