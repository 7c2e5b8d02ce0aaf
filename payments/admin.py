"""Who has what and what the provider has told us, in the admin: to look at, and to apply anew."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor
from accounts.admin import LookOnlyAdmin
from accounts.http import origin_of
from accounts.models import User
from payments import webhook_inbox
from payments.errors import EventBusy
from payments.models import Entitlement, ProviderEvent


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


@admin.register(ProviderEvent)
class ProviderEventAdmin(LookOnlyAdmin):
    """Events of the payment provider, newest first; whoever may change them may replay them."""

    list_display = ("event_id", "type", "object_id", "state", "attempts", "received_at", "error")
    list_filter = ("state", "type")
    search_fields = ("event_id__exact", "object_id__exact")
    ordering = ("-pk",)
    fields = (
        *("event_id", "type", "api_version", "object_kind", "object_id", "account_id"),
        *("happened_at", "received_at", "state", "attempts", "error", "due_at", "ended_at"),
        "body",
    )
    readonly_fields = fields
    actions = ("replay",)

    @admin.action(description="Apply these events once more", permissions=["replay"])
    def replay(self, request: HttpRequest, events: QuerySet[ProviderEvent]) -> None:
        """Send them to a worker again; what stands already stays as it is."""
        assert isinstance(request.user, User)
        by = Actor.staff(request.user, origin=origin_of(request))
        sent = 0
        for event in events:
            try:
                webhook_inbox.replay(event, by=by, now=timezone.now())
            except EventBusy:
                busy = f"{event.event_id} is being applied at this moment."
                self.message_user(request, busy, messages.WARNING)
            else:
                sent += 1
        if sent:
            self.message_user(request, f"{sent} sent to a worker.", messages.SUCCESS)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may have events applied once more."""
        user: Any = request.user
        return bool(user.has_perm("payments.change_providerevent"))
