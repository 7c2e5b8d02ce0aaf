"""Revocations in the admin: asked for by one person, confirmed by another."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.admin import LookOnlyAdmin
from catalog.models import long_texts_of
from payments import entitlements
from releases import revocation
from releases.admin import acting, dossier, keys, reasons
from releases.admin.filters import EndedFilter
from releases.models import Revocation


@admin.register(Revocation)
class RevocationAdmin(LookOnlyAdmin):
    """Requests that wait for a second person, and what became of the others."""

    list_display = ("package", "stands", "reason", "requested_by", "requested_at", "told")
    list_display_links = ("package",)
    list_filter = (EndedFilter,)
    list_select_related = ("release__listing", "requested_by", "confirmed_by", "declined_by")
    search_fields = ("release__public_id__exact", "release__listing__name__startswith")
    ordering = ("-pk",)

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's routes with those of asking, confirming and declining."""
        view = self.admin_site.admin_view
        confirm = view(require_POST(self.confirm))
        return [
            path("request/<int:pk>/", view(self.request), name="releases_revocation_request"),
            path("<int:pk>/confirm/", confirm, name="releases_revocation_confirm"),
            path("<int:pk>/decline/", view(self.decline), name="releases_revocation_decline"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revocation]:
        """Count who was told, without the listings' long texts."""
        requests: QuerySet[Revocation] = super().get_queryset(request)
        refused = Count("notices", filter=Q(notices__is_refused=True))
        return requests.annotate(notified=Count("notices"), refused=refused).defer(
            *long_texts_of("release__listing")
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a request and how far its buyers are told; offer to end it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = self.get_object(request, object_id)
        if asked is None:
            raise Http404
        context = self.admin_site.each_context(request) | {
            "title": f"Take {asked.release.label} out for good",
            "opts": self.model._meta,
            "asked": asked,
            "release": asked.release,
            "case": asked.release.cases.order_by("-pk").first(),
            "buyers": _buyers(asked),
            "may_end": asked.is_waiting and acting.may(request, acting.REVOKE),
            "keys": keys.REVOCATION,
            "is_own": asked.requested_by_id == request.user.pk,
        }
        return TemplateResponse(request, "admin/releases/revocation.html", context)

    def request(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask that a release be taken out for good."""
        _require(request)
        release = dossier.release_of(pk)

        def ask(reason: str) -> str:
            asked = revocation.request(
                release, reason=reason, by=acting.actor(request), now=timezone.now()
            )
            return f"{asked.release.label} is stopped. Somebody else must confirm."

        return reasons.page(
            self,
            request,
            context={
                "title": f"Take {release.label} out for good",
                "explanation": (
                    "It is stopped at once. When somebody else confirms, nobody can install it"
                    " again, and everybody who has the package is told by mail."
                ),
                "verb": "Ask for it",
                "release": release,
                "is_grave": True,
            },
            read_by="Its seller reads it at once, every buyer once it is confirmed.",
            operation=ask,
            onwards=lambda: redirect("admin:releases_revocation_changelist"),
        )

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it out."""
        _require(request)
        asked = _asked(pk)
        try:
            revocation.confirm(asked, by=acting.actor(request), now=timezone.now())
        except acting.REFUSALS as error:
            self.message_user(request, acting.says(error), messages.ERROR)
        else:
            told = f"{asked.release.label} is out for good. Its buyers are being told."
            self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:releases_revocation_change", pk)

    def decline(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do not take it out, for a reason."""
        _require(request)
        asked = _asked(pk)

        def refuse(reason: str) -> str:
            revocation.decline(asked, reason=reason, by=acting.actor(request), now=timezone.now())
            return f"Declined. {asked.release.label} stays stopped until somebody restores it."

        return reasons.page(
            self,
            request,
            context={
                "title": f"Do not take {asked.release.label} out",
                "explanation": "It stays stopped until somebody restores it.",
                "verb": "Decline",
                "release": asked.release,
            },
            read_by="Other staff read it.",
            operation=refuse,
            onwards=lambda: redirect("admin:releases_release_decide", asked.release_id),
        )

    @admin.display(description="package", ordering="release__listing__name")
    def package(self, asked: Revocation) -> str:
        """Return the listing's name and the version."""
        return asked.release.label

    @admin.display(description="stands")
    def stands(self, asked: Revocation) -> str:
        """Return whether somebody is waited for, and else who has ended it."""
        if asked.confirmed_by:
            return f"confirmed by {asked.confirmed_by.username}"
        if asked.declined_by:
            return f"declined by {asked.declined_by.username}"
        return "waits for a second person"

    @admin.display(description="buyers told")
    def told(self, asked: Any) -> str:
        """Return how many buyers were told."""
        if not asked.confirmed_at:
            return "-"
        return f"{asked.notified:,}" if asked.told_at else f"{asked.notified:,} so far"


def _require(request: HttpRequest) -> None:
    if not acting.may(request, acting.REVOKE):
        raise PermissionDenied


def _asked(pk: int) -> Revocation:
    requests = Revocation.objects.select_related("release__listing__vendor", "requested_by")
    return get_object_or_404(requests, pk=pk)


def _buyers(asked: Revocation) -> int:
    """Return how many people have it, or had it when it was taken out."""
    at = asked.confirmed_at or timezone.now()
    return entitlements.holders(asked.release.listing, at=at).exclude(email="").count()
