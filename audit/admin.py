"""The trail in the admin: to read and search, never to change."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from audit.models import Event, PersonalData, Tombstone

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin  # not subscriptable when it runs


class ReadOnlyAdmin(_ModelAdmin):
    """Shows rows and nothing that could change one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """Events, newest first, found by opaque id, action or request."""

    list_display = ("at", "action", "actor_kind", "actor_id", "subject", "request_id")
    list_filter = ("chain", "action", "actor_kind")
    search_fields = ("actor_id__exact", "subject__exact", "request_id__exact", "uid__exact")
    ordering = ("-id",)
    # Counting ten million rows to draw a page would cost more than the page.
    show_full_result_count = False


@admin.register(PersonalData)
class PersonalDataAdmin(ReadOnlyAdmin):
    """Who and where, for superusers only."""

    list_display = ("at", "user_id", "ip", "name", "email")
    search_fields = ("user_id__exact", "event_uid__exact", "ip__exact", "email__exact")
    ordering = ("-id",)
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let superusers look: it is personal data."""
        return bool(request.user.is_active and request.user.is_superuser)


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnlyAdmin):
    """What was purged, and when."""

    list_display = ("purged_at", "chain", "first_sequence", "last_sequence")
    ordering = ("-id",)
