"""Upload a package in the browser: its bytes go to disk piece by piece, and nobody opens them."""

from http import HTTPStatus
from math import ceil

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.http import MogRequest, actor_of, throttled
from accounts.scopes import Scope
from accounts.step_up import signed_in_required
from catalog.errors import ListingRetired, NotItsSeller, VendorNotFound
from catalog.models import Vendor
from mog_package import UPLOAD
from releases import uploads
from releases.errors import InvalidUpload, UploadLimitReached, UploadTooLarge, VersionTaken
from releases.forms import UploadForm
from releases.models import Release
from releases.upload_stream import FIELD, HashingUploadHandler

# What the words around the archive may add to a request.
_FORM_BYTES = 64 * 1024
_TOO_LARGE = "This archive is larger than 25 MB. Leave out what the package does not need."


# Exempt, because the check would read the body before the handler is in place; what it leads to is
# checked as every other form.
@throttled("sending")
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def upload(request: MogRequest) -> HttpResponse:
    """Show the form; take an archive in."""
    actor_of(request).require_scope(Scope.SELL)
    if request.method == "GET":
        return _fresh(request)
    if _is_announced_too_large(request):
        return _refused(request, _TOO_LARGE, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    request.upload_handlers = [HashingUploadHandler(request)]
    try:
        return _receive(request)
    except UploadTooLarge:
        return _refused(request, _TOO_LARGE, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except InvalidUpload as refusal:  # while the body came in: not the one file of the form
        return _refused(request, str(refusal), status=HTTPStatus.UNPROCESSABLE_ENTITY)


@csrf_protect
def _receive(request: MogRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        release = _received(form, request)
        if release is not None:
            return redirect("release", release.public_id)
    return _show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _received(form: UploadForm, request: MogRequest) -> Release | None:
    """Return the release; None once the form says what to mend."""
    by, now = actor_of(request), timezone.now()
    try:
        return uploads.receive(form.declared(), form.upload(), by=by, now=now)
    except InvalidUpload as refusal:
        form.add_error(refusal.field, str(refusal))
    except VendorNotFound as refusal:
        form.add_error("name", f"You do not sell as {refusal.slug}. Check the name before the /.")
    except NotItsSeller:
        form.add_error("name", "You have handed this package over. Only its new seller uploads.")
    except ListingRetired:
        form.add_error("name", "This package is retired and takes no more releases.")
    except VersionTaken as refusal:
        form.add_error(
            "version", f"{refusal.version} exists, or is being examined. Choose a higher one."
        )
    except UploadLimitReached as refusal:
        minutes = ceil(refusal.retry_after.total_seconds() / 60)
        form.add_error(None, f"This vendor has uploaded a lot. Try again in {minutes} min.")
    return None


def _fresh(request: MogRequest) -> HttpResponse:
    """Show an empty form; whoever sells nowhere yet takes a name first."""
    own = Vendor.objects.sold_under_by(actor_of(request)).order_by("pk")
    slugs = list(own.values_list("slug", flat=True)[:2])
    if not slugs:
        return redirect("new_vendor")
    only = f"{slugs[0]}/" if len(slugs) == 1 else ""
    return _show(request, UploadForm(initial={"name": request.GET.get("name") or only}))


def _refused(request: MogRequest, problem: str, *, status: HTTPStatus) -> HttpResponse:
    """Show the form anew: its words were lost with the body."""
    form = UploadForm({"publish": "on"})
    form.errors.clear()
    form.add_error(FIELD, problem)
    return _show(request, form, status=status)


def _show(
    request: MogRequest, form: UploadForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "releases/upload.html", {"form": form}, status=status)


def _is_announced_too_large(request: MogRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > UPLOAD.archive_bytes + _FORM_BYTES
