"""The legs of a search: bounded selects that are walked in order until a page is full.

PostgreSQL has a partial index per tier of popularity, SQLite has none and needs none: an embedded
shelf is one tier. Measured at 10 thousand to 1 million listings (docs/architecture.md, "Search").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog.models.listing import LAST_TIER
from catalog.search.query import Query, Sort

_ON_SHELF = "state = 'live' AND visibility = 'public'"
# The few that one organization keeps, which have an index of their own.
_PRIVATE = (
    "state = 'live' AND visibility = 'private'"
    " AND vendor_id IN (SELECT id FROM catalog_vendor WHERE organization_id = %s)"
)
_TIERS = tuple(f"tier = {tier}" for tier in range(LAST_TIER + 1))
_ORDERS = {Sort.RECENT: "released_at", Sort.RATING: "rating_score"}


@dataclass(frozen=True, slots=True)
class Leg:
    """One select: where, with what parameters, and the column that orders it, downwards."""

    where: str
    parameters: tuple[Any, ...]
    order: str = "popularity"
    # What the engine is told to sort by, where an index on the column itself would mislead it.
    sort_by: str = "popularity"
    # Parts that are searched apart, each with its own index, and merged: empty for all at once.
    parts: tuple[str, ...] = ()


def postgresql(query: Query) -> Iterator[Leg]:
    """Yield the legs for tsvector columns and their partial indexes."""
    facets = " & ".join(f"'{word}'" for word in query.filters.words())
    words = " & ".join(f"'{word}'" for word in query.words)
    order = _ORDERS.get(query.sort, "popularity")
    if query.private_of is not None:
        where, parameters = _matching("words", words, facets, among=_PRIVATE)
        yield Leg(where, (query.private_of, *parameters), order=order, sort_by=order)
    if query.sort in _ORDERS:
        parts = _TIERS if words or facets else ()
        yield Leg(*_matching("words", words, facets), order=order, sort_by=order, parts=parts)
        return
    if not words and not facets:
        yield Leg(_ON_SHELF, ())
        return
    is_ranked = bool(words) and query.sort is Sort.RELEVANCE
    if is_ranked:
        yield from _tiers(*_matching("title_words", words, facets))
    where, parameters = _matching("words", words, facets)
    if is_ranked:
        where += " AND NOT title_words @@ to_tsquery('english', %s)"
        parameters = (*parameters, words)
    yield from _tiers(where, parameters)


def sqlite(query: Query) -> Iterator[Leg]:
    """Yield the legs for the FTS5 table."""
    facets = "".join(" AND search_words LIKE %s" for _ in query.filters.words())
    carried = tuple(f"% {word} %" for word in query.filters.words())
    order = _ORDERS.get(query.sort, "popularity")
    words = " ".join(f'"{word}"' for word in query.words)
    if query.private_of is not None:
        found = (f" AND {_FOUND}", (words,)) if query.words else ("", ())
        private = (query.private_of, *carried, *found[1])
        yield Leg(f"{_PRIVATE}{facets}{found[0]}", private, order, order)
    where = _ON_SHELF + facets
    if not query.words:
        yield Leg(where, carried, order, order)
        return
    in_title, anywhere = f"title : ({words})", words
    if query.sort is Sort.RELEVANCE:
        yield Leg(f"{where} AND {_FOUND}", (*carried, in_title))
        yield Leg(f"{where} AND {_FOUND} AND NOT {_FOUND}", (*carried, anywhere, in_title))
        return
    yield Leg(f"{where} AND {_FOUND}", (*carried, anywhere), order, order)


_FOUND = "id IN (SELECT rowid FROM catalog_listing_words WHERE catalog_listing_words MATCH %s)"


def _matching(
    column: str, words: str, facets: str, *, among: str = _ON_SHELF
) -> tuple[str, tuple[str, ...]]:
    conditions, parameters = [among], []
    if words:
        conditions.append(f"{column} @@ to_tsquery('english', %s)")
        parameters.append(words)
    if facets:
        conditions.append(f"{column} @@ %s::tsquery")
        parameters.append(facets)
    return " AND ".join(conditions), tuple(parameters)


def _tiers(where: str, parameters: tuple[Any, ...]) -> Iterator[Leg]:
    for tier, condition in enumerate(_TIERS):
        # Whole-table statistics make the popularity index look good for words that only unpopular
        # listings use; `+ 0` hides it: 206 ms became 2.6.
        sort_by = "popularity" if tier == LAST_TIER else "popularity + 0"
        yield Leg(f"{condition} AND {where}", parameters, sort_by=sort_by)
