"""Search the shelf."""

from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import MogRequest, actor_of
from catalog.errors import InvalidPosition
from catalog.forms import SearchForm
from catalog.search.find import Found, find

PAGE_SIZE = 20
# What a search carries beside its words, in the order in which a page names it.
_NARROWING = ("type", "target", "price", "runs_code", "tag", "vendor", "verified")


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the search without it."""

    label: str
    url: str


@require_safe
def search(request: MogRequest) -> HttpResponse:
    """Show one page of what matches; a cursor of another search begins this one anew."""
    form = SearchForm(request.GET)
    query = form.query(private_of=actor_of(request).organization_key)
    try:
        cursor = request.GET.get("cursor", "")
        found = find(query, limit=PAGE_SIZE, cursor=cursor) if query else Found([], None)
    except InvalidPosition:
        return redirect(_url(request.GET, cursor=""))
    context = {
        "form": form,
        "listings": found.items,
        "is_first_page": not cursor,
        "is_possible": query is not None and not query.is_impossible,
        "chips": _chips(form, request.GET),
        "next_url": _url(request.GET, cursor=found.next_cursor) if found.next_cursor else "",
    }
    return render(request, "catalog/search.html", context)


def _chips(form: SearchForm, asked: QueryDict) -> list[Chip]:
    given = form.cleaned_data if form.is_valid() else {}
    return [
        Chip(_label(form, name, given[name]), _url(asked, **{name: "", "cursor": ""}))
        for name in _NARROWING
        if given.get(name)
    ]


def _label(form: SearchForm, name: str, value: object) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()))
    if value in choices:
        return str(choices[value])
    return "Verified vendors" if name == "verified" else f"{name.capitalize()}: {value}"


def _url(asked: QueryDict, **changes: str) -> str:
    """Return the address of the same search with some answers changed; empty ones are left out."""
    said = asked.copy()
    for name, value in changes.items():
        said[name] = value
    for name in [name for name, value in said.items() if not value]:
        del said[name]
    address = reverse("search")
    return f"{address}?{said.urlencode()}" if said else address
