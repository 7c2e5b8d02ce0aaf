"""Lists in pages: `{items, nextCursor}`, by position in an order and not by count.

A row that is added or removed meanwhile moves no other row to another page.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

DEFAULT_LIMIT = 20
MAXIMUM_LIMIT = 100

_Row = TypeVar("_Row", bound=Model)

PARAMETERS = [
    OpenApiParameter("limit", int, description="How many items to return."),
    OpenApiParameter("cursor", str, description="The `nextCursor` of the page before."),
]


class InvalidCursor(ParseError):
    """The cursor was not issued for this list."""


class _Query(serializers.Serializer[Any]):
    limit = serializers.IntegerField(
        min_value=1, max_value=MAXIMUM_LIMIT, default=DEFAULT_LIMIT, required=False
    )


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """Some rows of a list, and where the next ones begin; None at the end."""

    items: list[_Row]
    next_cursor: str | None

    def answer(self, serializer: type[serializers.BaseSerializer[Any]]) -> Response:
        """Return the page as JSON."""
        items = serializer(self.items, many=True).data
        return Response({"items": items, "nextCursor": self.next_cursor})


def paginate(
    rows: QuerySet[_Row], *, request: Request, order: tuple[str, ...] = ("-created_at", "-pk")
) -> Page[_Row]:
    """Return the page a request asks for by `limit` and `cursor`, in one query.

    order: fields of the model that together are unique and never NULL, `-` for descending.
    Raises InvalidCursor, or ValidationError for a limit out of bounds.
    """
    query = _Query(data=request.query_params)
    query.is_valid(raise_exception=True)
    limit: int = query.validated_data["limit"]
    cursor = request.query_params.get("cursor")
    signer = signing.Signer(salt=f"cursor:{rows.model._meta.label}:{','.join(order)}")
    if cursor:
        rows = rows.filter(_after(_read(cursor, signer, rows.model, order), order))
    found = list(rows.order_by(*order)[: limit + 1])
    items = found[:limit]
    is_last = len(found) <= limit
    return Page(items, None if is_last else _write(items[-1], signer, order))


@cache
def page_of(serializer: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """Return the shape of a page of these, for the API's description."""
    name = serializer.__name__.removesuffix("Serializer")
    fields = {
        "items": serializer(many=True),
        "nextCursor": serializers.CharField(allow_null=True),
    }
    return inline_serializer(name=f"{name}Page", fields=fields)


def _write(row: Model, signer: signing.Signer, order: tuple[str, ...]) -> str:
    values = [_text(getattr(row, name.removeprefix("-"))) for name in order]
    packed = json.dumps(values, separators=(",", ":")).encode()
    return signer.sign(signing.b64_encode(packed).decode())


def _text(value: Any) -> Any:
    return value if isinstance(value, int | str) else value.isoformat()


def _read(
    cursor: str, signer: signing.Signer, model: type[Model], order: tuple[str, ...]
) -> list[Any]:
    try:
        values = json.loads(signing.b64_decode(signer.unsign(cursor).encode()))
        return [
            _field(model, name).to_python(value) for name, value in zip(order, values, strict=True)
        ]
    except (signing.BadSignature, ValueError, ValidationError) as error:
        raise InvalidCursor from error


def _field(model: type[Model], name: str) -> Any:
    plain = name.removeprefix("-")
    return model._meta.pk if plain == "pk" else model._meta.get_field(plain)


def _after(values: list[Any], order: tuple[str, ...]) -> Q:
    """Return the rows behind a position: later in the last field, or in one before it."""
    behind = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        plain = name.removeprefix("-")
        beyond = "lt" if name.startswith("-") else "gt"
        behind |= equal & Q(**{f"{plain}__{beyond}": value})
        equal &= Q(**{plain: value})
    return behind
