"""What a seller has sold, and when each sale may be paid out."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from payments import sales

_PAGE_SIZE = 50


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """List every sale of the person's vendors, newest first."""
    now = timezone.now()
    rows = sales.sales_of(actor_of(request)).order_by("-created_at", "-pk")
    page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "sales": [sales.sale_of(order, now=now) for order in page.object_list]}
    return render(request, "payments/earnings.html", context)
