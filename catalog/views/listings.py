"""What a seller does with a listing."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from catalog import listings
from catalog.errors import InvalidListing
from catalog.forms import ListingForm
from catalog.models import Listing


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def edit(request: MogRequest, vendor: str, slug: str) -> HttpResponse:
    """Change what is said of one's own listing."""
    listing = _own(request, vendor, slug)
    form = ListingForm(request.POST or None, listing=listing)
    if request.method == "POST" and form.is_valid():
        try:
            description = form.description()
            listings.describe(listing, description, by=actor_of(request), now=timezone.now())
        except InvalidListing as refusal:
            field = "price" if refusal.field == "price_cents" else refusal.field
            form.add_error(field, str(refusal))
        else:
            messages.success(request, "The listing is saved.")
            return redirect("listing", vendor, slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    offer = listing.transfers.with_sides().standing(now=timezone.now()).first()
    context = {"form": form, "listing": listing, "offer": offer}
    return render(request, "catalog/listing_edit.html", context, status=status)


@require_POST
@signed_in_required
def retire(request: MogRequest, vendor: str, slug: str) -> HttpResponse:
    """Take it off the shelf for good."""
    listing = _own(request, vendor, slug)
    listings.retire(listing, by=actor_of(request), now=timezone.now())
    messages.success(request, f"{listing.name} is retired. Whoever has it keeps it.")
    return redirect("sell")


def _own(request: MogRequest, vendor: str, slug: str) -> Listing:
    own = Listing.objects.sold_by(actor_of(request)).with_vendor().without_texts()
    return get_object_or_404(own, name=f"{vendor}/{slug}")
