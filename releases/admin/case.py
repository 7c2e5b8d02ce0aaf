"""The review queue, and the page on which a case is decided."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.views.decorators.http import require_POST

from accounts.admin import LookOnlyAdmin
from catalog.models import long_texts_of
from releases import disputes, review_queue
from releases.admin import acting, deciding, dossier, keys, statistics
from releases.admin.filters import AskedFilter, DueFilter, WaitingFilter, WorstFilter
from releases.forms import AnswerForm
from releases.models import Case, Dispute, Release, Revocation


@admin.register(Case)
class CaseAdmin(LookOnlyAdmin):
    """Cases that wait for a person, the most urgent first."""

    list_display = ("package", "due", "cause", "gravest", "contested", "stands", "age")
    list_display_links = ("package",)
    list_filter = (WaitingFilter, DueFilter, "cause", WorstFilter, AskedFilter)
    list_select_related = ("release__listing__vendor",)
    search_fields = (
        "public_id__exact",
        "release__public_id__exact",
        "release__listing__name__startswith",
    )
    ordering = review_queue.MOST_URGENT_FIRST
    list_per_page = 50

    def get_urls(self) -> list[URLPattern]:
        """Return the admin's routes with those of answers and statistics."""
        view = self.admin_site.admin_view
        answer = view(require_POST(self.answer))
        return [
            path("rules/", view(self.rules), name="releases_case_rules"),
            path("<int:pk>/disputes/<int:dispute_pk>/", answer, name="releases_case_answer"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        """Bring what the list says of each case, without the listings' long texts."""
        cases: QuerySet[Case] = super().get_queryset(request)
        return review_queue.described(cases).defer(*long_texts_of("release__listing"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue."""
        context = {
            "title": "Review queue",
            "keys": keys.QUEUE,
            "waiting_revocations": Revocation.objects.waiting().count(),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a case, and carry out what is decided about it."""
        case = self._case(request, object_id)
        release = dossier.release_of(case.release_id)
        sent = request.POST if request.method == "POST" else None
        form = deciding.form_for(deciding.offered(release, case), sent)
        if request.method == "POST":
            if not acting.may(request, acting.DECIDE):
                raise PermissionDenied
            if deciding.is_done(request, release, case, form):
                return self._onwards(request, case, f"{release.label}: {release.state}.")
            case = self._case(request, object_id)
            release = dossier.release_of(case.release_id)
        return self._page(request, release, case, form)

    def answer(self, request: HttpRequest, pk: int, dispute_pk: int) -> HttpResponse:
        """Answer a dispute, and lead back to its case while that is open."""
        if not acting.may(request, acting.ANSWER):
            raise PermissionDenied
        case = self._case(request, str(pk))
        disputed = Dispute.objects.select_related("finding__report", "release__listing__vendor")
        dispute = get_object_or_404(disputed, pk=dispute_pk, release=case.release_id)
        form = AnswerForm(request.POST, prefix=f"dispute-{dispute.pk}")
        if _is_answered(request, dispute, form):
            case.refresh_from_db()
            told = f"{dispute.release.label}: the dispute is {dispute.state}."
            if case.closed_at:
                return self._onwards(request, case, told)
            self.message_user(request, told, messages.SUCCESS)
            return redirect("admin:releases_case_change", case.pk)
        release = dossier.release_of(case.release_id)
        decision = deciding.form_for(deciding.offered(release, case))
        return self._page(request, release, case, decision, answers={dispute.pk: form})

    def rules(self, request: HttpRequest) -> HttpResponse:
        """Show how the rules do."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return statistics.page(self, request)

    @admin.display(description="package", ordering="release__listing__name")
    def package(self, case: Case) -> str:
        """Return the listing's name and the version."""
        return case.release.label

    @admin.display(description="due", ordering="due_at")
    def due(self, case: Case) -> SafeString | str:
        """Return how long there is; a case that is late says so."""
        now = timezone.now()
        if case.closed_at:
            return f"closed: {case.get_outcome_display()}"
        if case.due_at <= now:
            since = timesince(case.due_at, now, depth=1)
            return format_html('<strong class="mark mark--danger">{} late</strong>', since)
        return f"in {timeuntil(case.due_at, now, depth=1)}"

    @admin.display(description="gravest finding")
    def gravest(self, case: Any) -> SafeString | str:
        """Return the gravest finding that counts: what it does and its rule."""
        if not case.worst_rule:
            return "none counts"
        grave = {"block": "danger", "review": "warning"}.get(case.worst_effect, "note")
        return format_html(
            '<span class="mark mark--{}">{}</span> <code>{}</code>',
            *(grave, case.worst_severity, case.worst_rule),
        )

    @admin.display(description="disputes")
    def contested(self, case: Any) -> str:
        """Return how many disputes are open."""
        return str(case.open_disputes or "-")

    @admin.display(description="release")
    def stands(self, case: Any) -> str:
        """Return where the release stands."""
        return f"{case.release.state}, to be revoked" if case.is_to_revoke else case.release.state

    @admin.display(description="age", ordering="opened_at")
    def age(self, case: Case) -> str:
        """Return how long ago it was opened."""
        return timesince(case.opened_at, timezone.now(), depth=1)

    def _case(self, request: HttpRequest, object_id: str) -> Case:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case: Case | None = self.get_object(request, object_id)
        if case is None:
            raise Http404
        return case

    def _page(
        self,
        request: HttpRequest,
        release: Release,
        case: Case,
        form: Any,
        *,
        answers: dict[int, AnswerForm] | None = None,
    ) -> HttpResponse:
        context = self.admin_site.each_context(request)
        context |= dossier.context(request, release, case, form, answers=answers or {})
        return TemplateResponse(request, "admin/releases/case.html", context)

    def _onwards(self, request: HttpRequest, case: Case, told: str) -> HttpResponseRedirect:
        """Say what was done, and lead to the next case."""
        following = review_queue.next_case(case)
        if following is None:
            self.message_user(request, f"{told} The queue is empty.", messages.SUCCESS)
            return redirect("admin:releases_case_changelist")
        self.message_user(request, f"{told} This is the next case.", messages.SUCCESS)
        return redirect("admin:releases_case_change", following.pk)


def _is_answered(request: HttpRequest, dispute: Dispute, form: AnswerForm) -> bool:
    if not form.is_valid():
        return False
    operation = disputes.accept if form.cleaned_data["answer"] == "accept" else disputes.reject
    reason = form.cleaned_data["reason"].strip()
    try:
        operation(dispute, reason=reason, by=acting.actor(request), now=timezone.now())
    except acting.REFUSALS as error:
        form.add_error(None, acting.says(error))
        return False
    return True
