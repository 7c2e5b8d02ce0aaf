"""Get a listing from its page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required
from catalog.models import Listing
from payments import checkout
from payments.errors import NotOffered, PaymentUnavailable


@throttled("financial")
@require_POST
@signed_in_required
def purchase(request: MogRequest, vendor: str, slug: str) -> HttpResponse:
    """Put a listing into the person's library; doing it twice is done once."""
    actor = actor_of(request)
    visible = Listing.objects.visible_to(actor).with_vendor().without_texts()
    listing = get_object_or_404(visible, name=f"{vendor}/{slug}")
    try:
        checkout.purchase(listing, idempotency_key=None, by=actor, now=timezone.now())
    except PaymentUnavailable:
        messages.error(request, "This package has a price, and nothing here takes money yet.")
    except NotOffered:
        messages.error(request, "This package takes no new buyers.")
    else:
        messages.success(request, f"{listing.title} is in your library.")
    return redirect("listing", vendor, slug)
