"""What one has bought for money, and the receipt of each purchase."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required
from payments import refunds
from payments.errors import NotRefundable
from payments.models import Order, Refund

_PAGE_SIZE = 50
_WHY_NOT = {
    "not_paid": "This order is not paid.",
    "paid_by_card": "This order was paid by card. Write to support.",
    "refunded": "Money went back for this order already.",
    "too_late": "It was bought too long ago. Write to support.",
    "used": "The package was fetched, so it cannot be taken back here. Write to support.",
}


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """List the orders of the party the person acts for, newest first."""
    rows = Order.objects.bought_by(actor_of(request)).with_listing().order_by("-created_at", "-pk")
    page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "payments/orders.html", {"page": page})


@never_cache
@require_safe
@signed_in_required
def detail(request: MogRequest, public_id: str) -> HttpResponse:
    """Show one order as a receipt; somebody else's does not exist."""
    rows = Order.objects.bought_by(actor_of(request)).with_listing()
    rows = rows.select_related("user", "organization", "placed_by", "listing__vendor", "vendor")
    order = get_object_or_404(rows, public_id=public_id)
    context = {
        "order": order,
        "refunds": Refund.objects.filter(order=order).order_by("pk"),
        "may_refund": not refunds.why_not(order, now=timezone.now()),
        "refundable_until": order.paid_at and order.paid_at + settings.REFUND_WINDOW,
    }
    return render(request, "payments/order.html", context)


@throttled("financial")
@never_cache
@require_POST
@signed_in_required
def refund(request: MogRequest, public_id: str) -> HttpResponse:
    """Take an order back; a second press finds it taken back."""
    actor = actor_of(request)
    order = get_object_or_404(Order.objects.bought_by(actor), public_id=public_id)
    try:
        refunds.take_back(order, by=actor, now=timezone.now())
    except NotRefundable as refusal:
        messages.error(request, _WHY_NOT[refusal.reason])
    else:
        messages.success(request, "The money is back in your wallet.")
    return redirect("order", public_id)
