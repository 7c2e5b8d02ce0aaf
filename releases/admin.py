"""Releases in the admin: to look at, and to decide about those that wait for a person."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.actor import Actor
from accounts.admin import LookOnlyAdmin
from accounts.http import origin_of
from accounts.models import User
from releases import review
from releases.errors import ReasonMissing, WrongState
from releases.forms import DecisionForm
from releases.models import Release, Transition
from releases.states import State

# What can be decided in a state, in the order in which it is offered.
_DECISIONS: dict[State, list[tuple[str, str]]] = {
    State.HELD: [
        ("accept", "Accept: let it through"),
        ("reject", "Reject: refuse it, its version is free again"),
        ("examine_again", "Examine again: its scan did not end"),
    ],
    State.PUBLISHED: [("suspend", "Suspend: nobody can install it for now")],
    State.WITHDRAWN: [("suspend", "Suspend: nobody can install it for now")],
    State.SUSPENDED: [("restore", "Restore: let it go back to where it was")],
}
_OPERATIONS: dict[str, Callable[..., None]] = {
    "accept": review.accept,
    "reject": review.reject,
    "examine_again": review.examine_again,
    "suspend": review.suspend,
    "restore": review.restore,
}


@admin.register(Release)
class ReleaseAdmin(LookOnlyAdmin):
    """Releases, newest first; held ones wait for a decision."""

    list_display = ("listing_name", "version", "state", "problem", "created_at", "decide_link")
    list_filter = ("state",)
    list_select_related = ("listing",)
    search_fields = ("public_id__exact", "listing__name__startswith", "upload_sha256__exact")
    ordering = ("-pk",)
    fields = (
        "decide_link",
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
        """Ask for a decision and its reason, then carry it out; the operation audits."""
        if not _may_decide(request):
            raise PermissionDenied
        release = get_object_or_404(Release.objects.with_listing().with_artifact(), pk=pk)
        form = DecisionForm(request.POST or None, choices=_offered(release))
        if request.method == "POST" and form.is_valid() and _is_done(request, release, form):
            done = f"{release.name} {release.version}: {release.state}."
            self.message_user(request, done, messages.SUCCESS)
            return redirect("admin:releases_release_change", pk)
        release.refresh_from_db(fields=["state"])
        context = self.admin_site.each_context(request) | {
            "title": f"Decide about {release.name} {release.version}",
            "opts": self.model._meta,
            "release": release,
            "findings": self.findings(release),
            "form": form,
        }
        return TemplateResponse(request, "admin/releases/decide.html", context)

    @admin.display(description="listing")
    def listing_name(self, release: Release) -> str:
        """Return the listing's name."""
        return release.name

    @admin.display(description="decision")
    def decide_link(self, release: Release) -> SafeString | str:
        """Link to where it is decided, where something can be."""
        if State(release.state) not in _DECISIONS:
            return "-"
        address = reverse("admin:releases_release_decide", args=[release.pk])
        return format_html('<a href="{}">Decide</a>', address)

    @admin.display(description="findings")
    def findings(self, release: Release) -> SafeString | str:
        """Return what the scan found, a line each."""
        if release.report is None:
            return "no report"
        found = release.report.findings.order_by("file", "line", "pk")
        lines = ((f.severity, f.rule, _place(f.file, f.line), f.advice) for f in found)
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


def _may_decide(request: HttpRequest) -> bool:
    assert isinstance(request.user, User)
    return request.user.has_perm("releases.change_release")


def _offered(release: Release) -> list[tuple[str, str]]:
    """Return what can be decided: accepting needs an archive, examining again an upload."""
    impossible = {
        "accept": not hasattr(release, "artifact"),
        "examine_again": not release.upload_key,
    }
    offered = _DECISIONS.get(State(release.state), [])
    return [choice for choice in offered if not impossible.get(choice[0])]


def _is_done(request: HttpRequest, release: Release, form: DecisionForm) -> bool:
    """Carry a decision out; False once the form says what stood in its way."""
    assert isinstance(request.user, User)
    by, decided = Actor.staff(request.user, origin=origin_of(request)), form.cleaned_data
    operation = _OPERATIONS[decided["decision"]]
    try:
        operation(release, reason=decided["reason"].strip(), by=by, now=timezone.now())
    except ReasonMissing:
        form.add_error("reason", "Say why; the seller may read it.")
    except WrongState as error:
        form.add_error(None, f"It is {error.state} by now, and cannot become {error.wanted}.")
    else:
        return True
    return False


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _who(transition: Transition) -> str:
    return transition.by.username if transition.by else "the service"


def _place(file: str, line: int | None) -> str:
    return f"{file}:{line}" if line else file
