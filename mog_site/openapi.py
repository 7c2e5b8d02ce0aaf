"""The API's description: generated from the views, served at `/v1/openapi.json`."""

import json
from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api.authentication import ORGANIZATION_HEADER
from accounts.http import public_read

# Statuses that any operation may answer with, and what they mean (docs/errors.md has the codes).
_ERRORS = {
    "400": "The request could not be read.",
    "401": "No token, or one that does not work.",
    "403": "The token may not do this.",
    "404": "There is nothing here, or it is not yours to see.",
    "422": "Some fields are wrong; `details` names them.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "500": "Something went wrong on our side.",
    "503": "Something we depend on is away; `Retry-After` says when to come back.",
}
_ERROR_SCHEMA = {
    "type": "object",
    "required": ["code", "message", "requestId"],
    "properties": {
        "code": {"type": "string", "description": "Stable; for programs."},
        "message": {"type": "string", "description": "What to do next; for people."},
        "details": {"type": "object", "additionalProperties": True},
        "requestId": {"type": "string"},
    },
}

_ORGANIZATION = {
    "name": ORGANIZATION_HEADER,
    "in": "header",
    "description": (
        "The slug of an organization to act for. The token is bound to that organization, or has "
        "the scope `org` and its owner belongs to it; anything else is 404."
    ),
    "schema": {"type": "string"},
}
_NAMES_ORGANIZATION = {"$ref": "#/components/parameters/Organization"}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook is untyped
    """Describes `Authorization: Bearer mog_…`."""

    target_class = "accounts.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the scheme (RFC 6750)."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "mog"}


@public_read
class OpenApiView(APIView):
    """The description itself."""

    authentication_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Return it as JSON."""
        return HttpResponse(document(), content_type="application/json")


@cache
def document() -> bytes:
    """Return the description as it stays for the life of the process."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library types it halfway
    return json.dumps(schema, separators=(",", ":")).encode()


def only_v1(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Keep the API's routes: the same views stand behind `/bff` too, which is nobody's to call."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/v1/")]


def document_errors(
    result: dict[str, Any], generator: object, request: object, public: object
) -> dict[str, Any]:
    """Say of every operation how it fails, and for whom it can act."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Error"] = _ERROR_SCHEMA
    result["components"]["parameters"] = {"Organization": _ORGANIZATION}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, description in _ERRORS.items():
                answer = {"description": description, "content": content}
                operation["responses"].setdefault(status, answer)
            if any("bearer" in way for way in operation.get("security", ())):
                operation.setdefault("parameters", []).append(_NAMES_ORGANIZATION)
    return result
