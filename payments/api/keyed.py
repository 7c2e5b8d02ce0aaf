"""Idempotency keys at the border: read from the header, and told of in the answer."""

import json

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from payments import idempotency
from payments.idempotency import Answer, Keyed

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"


def parameter(*, is_required: bool = True) -> OpenApiParameter:
    """Return how the API's description tells of the header."""
    return OpenApiParameter(
        HEADER,
        str,
        OpenApiParameter.HEADER,
        required=is_required,
        description="1 to 255 visible ASCII characters, such as a UUID. A repetition under the same"
        " key is answered as the first was, with `Idempotent-Replayed: true`, for a day.",
    )


def keyed(request: Request, *, route: str) -> Keyed:
    """Return a request with its key; raises IdempotencyKeyMissing and InvalidIdempotencyKey."""
    return idempotency.keyed(request.headers.get(HEADER), route=route, body=request.data)


def keyed_or_none(request: Request, *, route: str) -> Keyed | None:
    """Return a request with its key where a key may be missing; raises InvalidIdempotencyKey."""
    return keyed(request, route=route) if HEADER in request.headers else None


def answered(answer: Answer) -> Response:
    """Return an answer as it was given the first time, marked when it was given before."""
    headers = {REPLAYED_HEADER: "true"} if answer.is_replayed else None
    return Response(json.loads(answer.text), status=answer.status, headers=headers)
