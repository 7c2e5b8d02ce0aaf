"""What surrounds every request: where it came from, what browsers are told, how errors look."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.middleware.common import CommonMiddleware

from audit.who import Origin
from mog_site import logs
from mog_site.client_address import client_address, is_trusted
from mog_site.error_answers import answer, not_allowed
from mog_site.health import PROBES

log = logging.getLogger("mog.request")

_GetResponse = Callable[[HttpRequest], HttpResponseBase]

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# What only a proxy of ours may say; from anybody else it is a claim and dropped.
_PROXY_CLAIMS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_X_REQUEST_ID",
)
# No page of ours needs any of these (W3C Permissions Policy, section 4.1).
_NO_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class OriginMiddleware:
    """Sets `request.origin` and writes one line per request to the log."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request under an id that its answer and every log line carry."""
        started = time.perf_counter()
        origin = origin_from(request)
        request.origin = origin  # type: ignore[attr-defined]  # declared by MogRequest
        with logs.request_id(origin.request_id):
            response = self.get_response(request)
            response["X-Request-Id"] = origin.request_id
            _log(request, response, seconds=time.perf_counter() - started)
        return response


class HostMiddleware(CommonMiddleware):
    """Refuses requests for hosts that are not the site's, except probes, which come by address."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Raise DisallowedHost for a foreign host."""
        return None if request.path_info in PROBES else super().process_request(request)


class SecurityHeadersMiddleware:
    """Adds the headers that Django's own middleware does not know."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with them; what does not say that it may be stored may not."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", _NO_PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Cache-Control", "no-store")
        return response


class ErrorMiddleware:
    """Answers what views raise and the table knows; Django reports the surprises."""

    def __init__(self, get_response: _GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; a method that a page does not know gets a body too."""
        if "\0" in request.path_info:  # no address of ours has one, and PostgreSQL takes none
            refusal = answer(request, Http404())
            assert refusal is not None
            return refusal
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not _content(response):
            assert isinstance(response, HttpResponse)
            return not_allowed(request, response)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Return what to answer, None for a surprise."""
        return answer(request, exception)


def origin_from(request: HttpRequest) -> Origin:
    """Return where a request came from, and drop from it what no proxy of ours has said."""
    meta = request.META
    peer = meta.get("REMOTE_ADDR", "")
    if not is_trusted(peer, proxies=settings.TRUSTED_PROXIES):
        for name in _PROXY_CLAIMS:
            meta.pop(name, None)
    given = meta.get("HTTP_X_REQUEST_ID", "")
    return Origin(
        request_id=given if _SANE_REQUEST_ID.fullmatch(given) else secrets.token_hex(16),
        ip=client_address(
            peer, meta.get("HTTP_X_FORWARDED_FOR", ""), proxies=settings.TRUSTED_PROXIES
        ),
        user_agent=meta.get("HTTP_USER_AGENT", ""),
    )


def _content(response: HttpResponseBase) -> bytes:
    return response.content if isinstance(response, HttpResponse) else b"streamed"


def _log(request: HttpRequest, response: HttpResponseBase, *, seconds: float) -> None:
    match = request.resolver_match
    # The route and not the path: a path may carry a one-time link.
    log.info(
        "%s %s %d",
        request.method,
        match.route if match else "-",
        response.status_code,
        extra={"milliseconds": round(seconds * 1000, 1)},
    )
