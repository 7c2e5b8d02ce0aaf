"""What one has bought for money, and the receipt of each purchase."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from payments.models import Order

_PAGE_SIZE = 50


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
    return render(request, "payments/order.html", {"order": order})
