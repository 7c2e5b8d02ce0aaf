"""Keep the bytes of strangers apart: on an origin of their own where there is one, and inert."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

from mog_site import marks

# A browser that shows such an answer after all runs nothing in it (CSP 3, section 6.3.2).
_INERT = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


class ContentOriginMiddleware:
    """Serves views that declare themselves by `accounts.http.content_of_strangers`, and no others,
    on the host of `settings.CONTENT_URL` when that is not the site's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if _is_content(marks.view_of(request)):
            response["Content-Security-Policy"] = _INERT
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        _args: tuple[Any, ...],
        _route: dict[str, Any],
    ) -> None:
        """Raise Http404 for content on the site's host, and for the site on the content's."""
        if settings.CONTENT_URL == settings.SITE_URL:
            return
        host = request.get_host().lower()
        wanted = settings.CONTENT_URL if _is_content(marks.declaring(view)) else settings.SITE_URL
        is_meant = host == urlsplit(wanted).netloc.lower()
        # Health checks and development come by other names of the site; content never does.
        is_foreign = _name_of(host) == _name_of(urlsplit(settings.CONTENT_URL).netloc)
        if not is_meant and (wanted == settings.CONTENT_URL or is_foreign):
            raise Http404


def _name_of(host: str) -> str:
    """Return a host's name without port and without the dot of an absolute name."""
    return host.lower().rpartition("]")[2].partition(":")[0].rstrip(".") or host


def _is_content(view: object) -> bool:
    return getattr(view, "content_of_strangers", False)
