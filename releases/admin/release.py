"""Releases in the admin: to look at, and to decide about without a case."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from releases import cases
from releases.admin import acting, deciding, dossier
from releases.admin.files import FilePages
from releases.models import Release, Transition


@admin.register(Release)
class ReleaseAdmin(FilePages):
    """Releases, newest first."""

    list_display = ("listing_name", "version", "state", "problem", "created_at", "decide_link")
    list_filter = ("state",)
    list_select_related = ("listing",)
    search_fields = ("public_id__exact", "listing__name__startswith", "upload_sha256__exact")
    ordering = ("-pk",)
    fields = (
        "decide_link",
        "files_link",
        "public_id",
        "listing_name",
        "version",
        "state",
        "problem",
        "findings",
        "is_to_publish",
        "uploaded_by",
        "upload_sha256",
        "upload_bytes",
        "sha256",
        "created_at",
        "decided_at",
        "published_at",
        "attempts",
        "history",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's routes with that of a decision."""
        decide = path(
            "<int:pk>/decide/",
            self.admin_site.admin_view(self.decide),
            name="releases_release_decide",
        )
        return [decide, *super().get_urls()]

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a decision about a release; one with an open case is decided there."""
        if not acting.may(request, acting.DECIDE):
            raise PermissionDenied
        release = dossier.release_of(pk)
        case = cases.current(release)
        if case is not None:
            return redirect("admin:releases_case_change", case.pk)
        sent = request.POST if request.method == "POST" else None
        form = deciding.form_for(deciding.offered(release, None), sent)
        if request.method == "POST":
            if deciding.is_done(request, release, None, form):
                done = f"{release.label}: {release.state}."
                self.message_user(request, done, messages.SUCCESS)
                return redirect("admin:releases_release_change", pk)
            release = dossier.release_of(pk)
        context = self.admin_site.each_context(request)
        context |= dossier.context(request, release, None, form, answers={})
        return TemplateResponse(request, "admin/releases/case.html", context)

    @admin.display(description="listing")
    def listing_name(self, release: Release) -> str:
        """Return the listing's name."""
        return release.name

    @admin.display(description="decision")
    def decide_link(self, release: Release) -> SafeString | str:
        """Link to where it is decided, where something can be."""
        if not deciding.can_be(release):
            return "-"
        address = reverse("admin:releases_release_decide", args=[release.pk])
        return format_html('<a href="{}">Decide</a>', address)

    @admin.display(description="files")
    def files_link(self, release: Release) -> SafeString | str:
        """Link to its files, where there are any."""
        if not hasattr(release, "artifact"):
            return "-"
        address = reverse("admin:releases_release_files", args=[release.pk])
        return format_html('<a href="{}">{} files</a>', address, len(release.artifact.files))

    @admin.display(description="findings")
    def findings(self, release: Release) -> SafeString | str:
        """Return what the scan found, a line each."""
        if release.report is None:
            return "no report"
        found = release.report.findings.order_by("file", "line", "pk")
        lines = ((f.severity, f.rule, f.place, f.advice) for f in found)
        listed = format_html_join("", "<li><b>{}</b> {} {}<br>{}</li>", lines)
        return format_html("<ul>{}</ul>", listed) if listed else "nothing"

    @admin.display(description="history")
    def history(self, release: Release) -> SafeString:
        """Return every move, oldest first: when, who and why."""
        moves = release.transitions.select_related("by").order_by("pk")
        lines = ((_moment(m.at), m.before, m.after, _who(m), m.reason) for m in moves)
        listed = format_html_join("", "<li>{}: {} → {} by {} <i>{}</i></li>", lines)
        return format_html("<ul>{}</ul>", listed)

    @admin.display(description="SHA-256")
    def sha256(self, release: Release) -> str:
        """Return the digest of the canonical archive."""
        return release.artifact.sha256 if hasattr(release, "artifact") else "-"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _who(transition: Transition) -> str:
    return transition.by.username if transition.by else "the service"
