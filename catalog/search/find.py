"""One page of a search, in two queries: the legs, and the rows they found."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.dateparse import parse_datetime

from catalog.errors import InvalidPosition
from catalog.models import Listing
from catalog.search import legs
from catalog.search.legs import Leg
from catalog.search.query import Query


@dataclass(frozen=True, slots=True)
class Found:
    """Some listings in order, and where the next ones begin; None at the end."""

    items: list[Listing]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Position:
    """A place in a search: the leg, the ordering value and the key of the last row shown."""

    leg: int
    value: Any
    key: int


def find(query: Query, *, limit: int, cursor: str = "") -> Found:
    """Return the listings on the shelf that match, `limit` at most, after a cursor.

    Raises InvalidPosition for a cursor that another search, or nobody, has issued.
    """
    after = _read(cursor, query) if cursor else None
    if query.is_impossible:
        return Found([], None)
    positions = _positions(_legs(query), limit=limit + 1, after=after)
    shown = positions[:limit]
    is_more = len(positions) > limit
    return Found(_rows(shown), _write(shown[-1], query) if is_more else None)


def _legs(query: Query) -> Sequence[Leg]:
    is_postgresql = connection.vendor == "postgresql"
    return list(legs.postgresql(query) if is_postgresql else legs.sqlite(query))


def _positions(all_legs: Sequence[Leg], *, limit: int, after: _Position | None) -> list[_Position]:
    first = after.leg if after else 0
    selects, parameters = [], []
    for number, leg in enumerate(all_legs[first:], start=first):
        start = after if after and number == first else None
        select, given = _select(leg, number, limit=limit, after=start)
        selects.append(select)
        parameters += given
    # The union is walked in order and stops as soon as the page is full.
    legs_as_tables = (f"SELECT * FROM ({select}) AS leg_{n}" for n, select in enumerate(selects))  # noqa: S608 (all names are ours)
    union = " UNION ALL ".join(legs_as_tables)
    with connection.cursor() as cursor:
        cursor.execute(f"{union} LIMIT {limit}", parameters)
        return [_Position(*row) for row in cursor.fetchall()]


def _select(leg: Leg, number: int, *, limit: int, after: _Position | None) -> tuple[str, list[Any]]:
    where, parameters = leg.where, list(leg.parameters)
    if after:
        where += f" AND ({leg.order}, id) < (%s, %s)"
        parameters += [after.value, after.key]
    if not leg.parts:
        return _ordered(leg, number, where=where, limit=limit), parameters
    parts = [
        f"({_ordered(leg, number, where=f'{part} AND {where}', limit=limit)})" for part in leg.parts
    ]
    merged = f"{' UNION ALL '.join(parts)} ORDER BY {leg.order} DESC, id DESC LIMIT {limit}"
    return merged, parameters * len(parts)


def _ordered(leg: Leg, number: int, *, where: str, limit: int) -> str:
    return (
        f"SELECT {number} AS leg, {leg.order}, id FROM catalog_listing WHERE {where} "  # noqa: S608 (all names are ours)
        f"ORDER BY {leg.sort_by} DESC, id DESC LIMIT {limit}"
    )


def _rows(positions: Sequence[_Position]) -> list[Listing]:
    keys = [position.key for position in positions]
    rows = Listing.objects.with_vendor().without_texts().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _write(position: _Position, query: Query) -> str:
    value = position.value
    plain = value.isoformat() if isinstance(value, datetime) else value
    packed = json.dumps([position.leg, plain, position.key], separators=(",", ":"))
    return _signer(query).sign(signing.b64_encode(packed.encode()).decode())


def _read(cursor: str, query: Query) -> _Position:
    try:
        leg, value, key = json.loads(signing.b64_decode(_signer(query).unsign(cursor).encode()))
    except (signing.BadSignature, ValueError) as error:
        raise InvalidPosition from error
    return _Position(leg, _as_stored(value), key)


def _as_stored(value: Any) -> Any:
    """Return a moment in the form that its column compares by; a number as it is."""
    moment = parse_datetime(value) if isinstance(value, str) else None
    return connection.ops.adapt_datetimefield_value(moment) if moment else value


def _signer(query: Query) -> signing.Signer:
    """Return a signer for cursors of this very search."""
    return signing.Signer(salt=f"catalog.search:{query!r}")
