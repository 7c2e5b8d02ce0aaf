"""One's own releases: how they stand, published, withdrawn."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from catalog.errors import ListingRetired
from releases import progress, publishing
from releases.errors import ReasonMissing, WrongState
from releases.forms import WithdrawalForm
from releases.models import Release
from releases.states import State

_MOVED = "This release was in another state already; here is how it stands now."


@never_cache
@require_GET
@signed_in_required
def detail(request: MogRequest, public_id: str) -> HttpResponse:
    """Show how a release stands; htmx asks for the changing part alone."""
    release = _own(request, public_id)
    is_part = bool(getattr(request, "htmx", False))
    template = "releases/_progress.html" if is_part else "releases/release.html"
    return _show(request, release, WithdrawalForm(), template=template)


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
        messages.success(request, f"{release.name} {release.version} is published.")
    return redirect("release", public_id)


@require_POST
@signed_in_required
def withdraw(request: MogRequest, public_id: str) -> HttpResponse:
    """Take a published release off the shelf."""
    release = _own(request, public_id)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return _show(request, release, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        reason = form.cleaned_data["reason"]
        publishing.withdraw(release, reason=reason, by=actor_of(request), now=timezone.now())
    except ReasonMissing:
        form.add_error("reason", "Say why; whoever has the package reads it.")
        return _show(request, release, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except WrongState:
        messages.warning(request, _MOVED)
    else:
        messages.success(request, f"{release.name} {release.version} is withdrawn.")
    return redirect("release", public_id)


def _show(
    request: MogRequest,
    release: Release,
    form: WithdrawalForm,
    *,
    template: str = "releases/release.html",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "release": release,
        "progress": progress.of(release),
        "can_publish": release.state == State.ACCEPTED,
        "can_withdraw": release.state == State.PUBLISHED,
        "form": form,
    }
    return render(request, template, context, status=status)


def _own(request: MogRequest, public_id: str) -> Release:
    own = Release.objects.sold_by(actor_of(request)).with_listing().with_artifact()
    own = own.select_related("report").prefetch_related("report__findings")
    return get_object_or_404(own, public_id=public_id)
