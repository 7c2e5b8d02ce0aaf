"""Where somebody sells: their vendors, what they offer, and how their releases stand."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import MogRequest, actor_of
from accounts.second_factors.owned import has_second_factor
from accounts.step_up import signed_in_required
from catalog.models import Listing, Vendor
from releases.models import Release

_LISTINGS, _RELEASES = 100, 10


@never_cache
@require_GET
@signed_in_required
def sell(request: MogRequest) -> HttpResponse:
    """Show it; who sells nothing yet is led to the beginning."""
    actor = actor_of(request)
    own = Listing.objects.sold_by(actor).with_vendor().without_texts()
    releases = Release.objects.sold_by(actor).with_listing()
    context = {
        "has_second_factor": has_second_factor(actor.require_user()),
        "vendors": Vendor.objects.sold_under_by(actor).order_by("slug"),
        "listings": own.order_by("-created_at", "-pk")[:_LISTINGS],
        "releases": releases.order_by("-created_at", "-pk")[:_RELEASES],
    }
    return render(request, "pages/sell.html", context)
