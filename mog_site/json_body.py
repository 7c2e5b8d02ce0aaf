"""Reading JSON bodies, and writing nothing but JSON."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# No body of this API is nested deeper than a few levels.
_MAXIMUM_DEPTH = 20


class StrictJsonParser(BaseParser):
    """JSON as RFC 8259 has it, in UTF-8: bounded, without NaN and without a key twice."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what a body says; raises ParseError or RequestDataTooBig."""
        limit: int = settings.API_BODY_BYTES
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise RequestDataTooBig
        try:
            value = json.loads(
                body.decode("utf-8"), object_pairs_hook=_no_key_twice, parse_constant=_refuse
            )
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        _refuse_deep(value)
        return value


class JsonOnly(BaseContentNegotiation):
    """Answers in JSON whatever is asked for: this API speaks nothing else (RFC 9110 12.4.1)."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        """Return the parser of the body's media type; None is answered with 415."""
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the first renderer."""
        return renderers[0], renderers[0].media_type


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    for key in result:
        key.encode()  # a lone surrogate could be named in no answer
    if len(result) != len(pairs):
        raise ValueError("a key twice")
    return result


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refuse_deep(value: Any) -> None:
    level = [value]
    for _ in range(_MAXIMUM_DEPTH):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise ParseError
