"""The front page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import MogRequest
from catalog.forms import SearchForm
from catalog.models import Listing
from catalog.search.find import find
from catalog.search.query import Query, Sort

_SHOWN = 4


@require_safe
def home(request: MogRequest) -> HttpResponse:
    """Say what this place is, what is on the shelf and where to begin."""
    context = {
        "form": SearchForm(),
        "popular": _first(Sort.POPULAR),
        "newest": _first(Sort.RECENT),
    }
    return render(request, "pages/home.html", context)


def _first(sort: Sort) -> list[Listing]:
    return find(Query(sort=sort), limit=_SHOWN).items
