"""Reports in the admin: to read, never to change."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from audit.admin import ReadOnlyAdmin
from scanning.models import Finding, Report

if TYPE_CHECKING:
    _TabularInline = admin.TabularInline[Any, Any]
else:
    _TabularInline = admin.TabularInline  # not subscriptable when it runs


class FindingInline(_TabularInline):
    """What a scan has found, in the order of the files."""

    model = Finding
    fields = ("rule", "severity", "confidence", "effect", "file", "line", "layer", "excerpt")
    readonly_fields = fields
    ordering = ("pk",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Reports, newest first, found by id or digest."""

    list_display = ("created_at", "public_id", "verdict", "sha256", "duration_ms")
    list_filter = ("verdict",)
    search_fields = ("public_id__exact", "sha256__exact")
    ordering = ("-pk",)
    inlines = (FindingInline,)
    show_full_result_count = False
