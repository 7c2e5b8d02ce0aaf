"""What a person has."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import MogRequest, actor_of
from accounts.step_up import signed_in_required
from payments.models import Entitlement

PAGE_SIZE = 50


@never_cache
@require_GET
@signed_in_required
def library(request: MogRequest) -> HttpResponse:
    """List what they may install, newest first."""
    held = Entitlement.objects.held_by(actor_of(request)).active().with_listing()
    page = Paginator(held.order_by("-granted_at", "-pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return render(request, "pages/library.html", {"page": page})
