"""Reads that are the same for everybody: validated by ETag, cached, open to any script."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from accounts.api.authentication import ORGANIZATION_HEADER
from mog_site import marks

# How long a shared cache may answer without asking us.
_FRESH = timedelta(minutes=1)

# What answers may differ by: who asks, and for which organization.
_WHO = ("Authorization", ORGANIZATION_HEADER)


class PublicReadMiddleware:
    """Serves views that declare themselves by `accounts.http.public_read`.

    Only answers to anonymous requests may be stored by anybody; who identifies themselves gets the
    same validation and `no-store`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, with 304 where the client has the answer already."""
        response = self.get_response(request)
        if request.method not in {"GET", "HEAD"} or request.resolver_match is None:
            return response
        if not getattr(marks.view_of(request), "public_read", False):
            return response
        return _served(request, response)


def _served(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    # For all, without credentials: a browser then never attaches any, and no preflight is allowed.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, _WHO)
    if response.status_code != HTTPStatus.OK or not isinstance(response, HttpResponse):
        return response
    is_anonymous = not any(name in request.headers for name in _WHO) and not response.cookies
    seconds = int(_FRESH.total_seconds())
    response["Cache-Control"] = f"public, max-age={seconds}" if is_anonymous else "no-store"
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response
