"""Vendors: their page for everybody, and what they say of themselves."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import InvalidNamespace
from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from catalog import vendors
from catalog.errors import InvalidPosition, InvalidVendor
from catalog.forms import ProfileForm, VendorForm
from catalog.models import Vendor
from catalog.search.filters import Filters
from catalog.search.find import find
from catalog.search.query import Query, Sort

PAGE_SIZE = 20


@require_safe
def vendor(request: MogRequest, vendor: str) -> HttpResponse:
    """Show who it is and what is on the shelf, most downloaded first."""
    seller = get_object_or_404(Vendor, slug=vendor)
    actor = actor_of(request)
    query = Query(
        filters=Filters(vendor=seller.slug),
        sort=Sort.POPULAR,
        private_of=actor.organization_key,
    )
    try:
        found = find(query, limit=PAGE_SIZE, cursor=request.GET.get("cursor", ""))
    except InvalidPosition:
        return redirect("vendor", seller.slug)
    context = {
        "vendor": seller,
        "listings": found.items,
        "next_cursor": found.next_cursor or "",
        "is_own": seller.is_sold_under_by(actor),
    }
    return render(request, "catalog/vendor.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def create(request: MogRequest) -> HttpResponse:
    """Take a name to sell under."""
    form = VendorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slug = form.cleaned_data["slug"].strip()
        try:
            opened = vendors.open_vendor(
                slug=slug, profile=form.profile(), by=actor_of(request), now=timezone.now()
            )
        except InvalidNamespace as refusal:
            form.add_error("slug", str(refusal))
        except InvalidVendor as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"You sell as {opened.slug} now. Upload your first package.")
            return redirect("sell")
    return _form(request, "catalog/vendor_new.html", {"form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def edit(request: MogRequest, slug: str) -> HttpResponse:
    """Change what one's own vendor says of itself."""
    actor = actor_of(request)
    own = get_object_or_404(Vendor.objects.sold_under_by(actor), slug=slug)
    said = {"display_name": own.display_name, "bio": own.bio, "website": own.website}
    form = ProfileForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            vendors.edit_profile(own, form.profile(), by=actor, now=timezone.now())
        except InvalidVendor as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Your profile is saved.")
            return redirect("vendor", own.slug)
    return _form(request, "catalog/vendor_edit.html", {"form": form, "vendor": own})


def _form(request: MogRequest, template: str, context: dict[str, object]) -> HttpResponse:
    is_sent = request.method == "POST"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_sent else HTTPStatus.OK
    return render(request, template, context, status=status)
