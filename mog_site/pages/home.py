"""The front page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import MogRequest
from catalog.models import Listing
from catalog.search.find import find
from catalog.search.query import Query, Sort

_SHOWN = 4


@require_safe
def home(request: MogRequest) -> HttpResponse:
    """Say what this place is, what is on the shelf and where to begin."""
    popular = _first(Sort.POPULAR)
    shown = {each.pk for each in popular}
    newest = [each for each in _first(Sort.RECENT, 2 * _SHOWN) if each.pk not in shown]
    return render(request, "pages/home.html", {"popular": popular, "newest": newest[:_SHOWN]})


def _first(sort: Sort, limit: int = _SHOWN) -> list[Listing]:
    return find(Query(sort=sort), limit=limit).items
