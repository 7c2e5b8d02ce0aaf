"""Who has what, in the admin: to look at."""

from django.contrib import admin

from accounts.admin import LookOnlyAdmin
from payments.models import Entitlement


@admin.register(Entitlement)
class EntitlementAdmin(LookOnlyAdmin):
    """Entitlements, newest first, found by id, person or listing."""

    list_display = ("public_id", "listing_name", "user", "organization", "source", "granted_at")
    list_filter = ("source",)
    list_select_related = ("listing", "user", "organization")
    search_fields = ("public_id__exact", "user__username__exact", "listing__name__startswith")
    ordering = ("-pk",)

    @admin.display(description="listing")
    def listing_name(self, entitlement: Entitlement) -> str:
        """Return the listing's name."""
        return entitlement.listing.name
