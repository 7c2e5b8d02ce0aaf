"""One's own releases: how they stand, published, withdrawn, contested, scanned again."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required
from catalog.errors import ListingRetired
from releases import campaigns, disputes, progress, publishing
from releases.errors import (
    AlreadyDisputed,
    DisputeLimitReached,
    InvalidDispute,
    NothingToDispute,
    NothingToScan,
    ReasonMissing,
    WrongState,
)
from releases.forms import DisputeForm, WithdrawalForm
from releases.models import Release
from releases.states import State
from releases.views import finding_groups
from scanning.models import Finding

_MOVED = "This release was in another state already; here is how it stands now."
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@never_cache
@require_GET
@signed_in_required
def detail(request: MogRequest, public_id: str) -> HttpResponse:
    """Show how a release stands; htmx asks for the changing part alone."""
    is_part = bool(getattr(request, "htmx", False))
    template = "releases/_progress.html" if is_part else "releases/release.html"
    return _show(request, public_id, template=template)


@require_POST
@signed_in_required
def publish(request: MogRequest, public_id: str) -> HttpResponse:
    """Put an accepted release on the shelf."""
    release = _own(request, public_id)
    try:
        publishing.publish(release, by=actor_of(request), now=timezone.now())
    except WrongState:
        messages.warning(request, _MOVED)
    except ListingRetired:
        messages.error(request, "This package is retired and takes no more releases.")
    else:
        messages.success(request, f"{release.label} is published.")
    return redirect("release", public_id)


@require_POST
@signed_in_required
def withdraw(request: MogRequest, public_id: str) -> HttpResponse:
    """Take a published release off the shelf."""
    release = _own(request, public_id)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return _show(request, public_id, withdrawal=form, status=_UNPROCESSABLE)
    try:
        reason = form.cleaned_data["reason"]
        publishing.withdraw(release, reason=reason, by=actor_of(request), now=timezone.now())
    except ReasonMissing:
        form.add_error("reason", "Say why; whoever has the package reads it.")
        return _show(request, public_id, withdrawal=form, status=_UNPROCESSABLE)
    except WrongState:
        messages.warning(request, _MOVED)
    else:
        messages.success(request, f"{release.label} is withdrawn.")
    return redirect("release", public_id)


@require_POST
@signed_in_required
def contest(request: MogRequest, public_id: str, finding_id: str) -> HttpResponse:
    """Ask a person to look at one finding."""
    release = _own(request, public_id)
    finding = get_object_or_404(disputes.shown_of(release), public_id=finding_id)
    form = DisputeForm(request.POST, finding_id=finding_id)
    if not form.is_valid() or not _is_contested(request, release, finding, form):
        return _show(request, public_id, dispute=form, status=_UNPROCESSABLE)
    return redirect("release", public_id)


@throttled("rescan")
@require_POST
@signed_in_required
def rescan(request: MogRequest, public_id: str) -> HttpResponse:
    """Have a release scanned again under the rules of today."""
    release = _own(request, public_id)
    try:
        campaigns.ask(release, by=actor_of(request), now=timezone.now())
    except NothingToScan:
        messages.warning(request, _MOVED)
    return redirect("release", public_id)


def _is_contested(
    request: MogRequest, release: Release, finding: Finding, form: DisputeForm
) -> bool:
    """Contest a finding; False once the form says what is wrong with it."""
    said, by = form.cleaned_data["statement"], actor_of(request)
    try:
        disputes.contest(release, finding, statement=said, by=by, now=timezone.now())
    except InvalidDispute as error:
        form.add_error("statement", str(error))
        return False
    except DisputeLimitReached:
        text = "That is as many findings as can be contested in a day. Go on tomorrow."
        messages.error(request, text)
    except (AlreadyDisputed, NothingToDispute):
        messages.warning(request, "There is nothing to contest here; see how it stands now.")
    else:
        messages.success(request, "A person will read what you have written, and answer.")
    return True


def _show(
    request: MogRequest,
    public_id: str,
    *,
    withdrawal: WithdrawalForm | None = None,
    dispute: DisputeForm | None = None,
    template: str = "releases/release.html",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    own = progress.told(Release.objects.sold_by(actor_of(request)))
    shown = progress.of(get_object_or_404(own, public_id=public_id))
    release = shown.release
    context = {
        "release": release,
        "progress": shown,
        "findings": finding_groups.overview(shown.findings, dispute),
        "can_publish": release.state == State.ACCEPTED,
        "can_withdraw": release.state == State.PUBLISHED,
        "form": withdrawal or WithdrawalForm(),
        "has_errors": bool(withdrawal or dispute),
    }
    return render(request, template, context, status=status)


def _own(request: MogRequest, public_id: str) -> Release:
    own = Release.objects.sold_by(actor_of(request)).with_listing().with_artifact()
    return get_object_or_404(own, public_id=public_id)
