"""Exceptions in the admin: what people have said of findings, and taking that back."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin import LookOnlyAdmin
from releases import review
from releases.admin import acting, reasons
from releases.admin.filters import StandingFilter
from releases.models import FindingException


@admin.register(FindingException)
class FindingExceptionAdmin(LookOnlyAdmin):
    """Rules that are wrong about some bytes of a listing, newest first."""

    list_display = ("rule", "listing_name", "reason", "by", "at", "withdraw_link")
    list_filter = (StandingFilter,)
    list_select_related = ("listing", "by", "withdrawn_by")
    search_fields = ("listing__name__startswith", "rule__exact", "file_sha256__exact")
    ordering = ("-pk",)
    fields = (
        "withdraw_link",
        "rule",
        "listing_name",
        "file_sha256",
        "dispute",
        "by",
        "at",
        "reason",
        "withdrawn_by",
        "withdrawn_at",
        "withdrawal_reason",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's routes with that of taking one back."""
        withdraw = path(
            "<int:pk>/withdraw/",
            self.admin_site.admin_view(self.withdraw),
            name="releases_findingexception_withdraw",
        )
        return [withdraw, *super().get_urls()]

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let the finding count again, for a reason."""
        if not acting.may(request, acting.ANSWER):
            raise PermissionDenied
        excepted = get_object_or_404(FindingException.objects.select_related("listing"), pk=pk)

        def take_back(reason: str) -> str:
            review.withdraw_exception(
                excepted, reason=reason, by=acting.actor(request), now=timezone.now()
            )
            return f"{excepted.rule} counts again in {excepted.listing.name}."

        return reasons.page(
            self,
            request,
            context={
                "title": f"Let {excepted.rule} count again",
                "explanation": (
                    f"From now on it counts in {excepted.listing.name}, and live releases that"
                    " have it come into the queue."
                ),
                "verb": "Let it count again",
            },
            read_by="Other staff read it.",
            operation=take_back,
            onwards=lambda: redirect("admin:releases_findingexception_change", pk),
        )

    @admin.display(description="listing", ordering="listing__name")
    def listing_name(self, excepted: FindingException) -> str:
        """Return the listing's name."""
        return excepted.listing.name

    @admin.display(description="standing")
    def withdraw_link(self, excepted: FindingException) -> SafeString | str:
        """Link to where it is taken back, while it stands; then name who did it."""
        if excepted.withdrawn_at:
            return f"withdrawn by {excepted.withdrawn_by}"
        address = reverse("admin:releases_findingexception_withdraw", args=[excepted.pk])
        return format_html('<a href="{}">Withdraw</a>', address)
