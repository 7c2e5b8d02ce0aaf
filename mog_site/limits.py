"""The limiter's place in a request: baseline first, pages before their view, headers at the end."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.actor import Actor
from accounts.http import UNSAFE_METHODS, actor_of, origin_of
from mog_site import marks, throttles
from mog_site.error_answers import answer
from mog_site.health import PROBES
from mog_site.throttles import LimiterUnavailable, RateLimited


class BaselineLimitMiddleware:
    """Counts every request by address before it can cost a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, unless its address has sent too many."""
        if request.path_info in PROBES:
            return self.get_response(request)
        anonymous = Actor.anonymous(origin=origin_of(request))
        try:
            throttles.spend(request, throttles.BASELINE, actor=anonymous, route={})
        except RateLimited as error:
            return _refused(request, error)
        response = self.get_response(request)
        usage: throttles.Usage | None = getattr(request, "limit_usage", None)
        if usage is not None and not _is_quiet(request):
            for name, value in usage.headers().items():
                response.setdefault(name, value)
        return response


class PageLimitMiddleware:
    """Counts pages, by their own tier or the usual one; the API asks for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; `process_view` counts."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        _args: tuple[Any, ...],
        route: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Refuse a page whose tier is used up; None lets it be drawn."""
        if hasattr(view, "cls") or request.path_info in PROBES:
            return None
        actor = _actor(request)
        name = throttles.tier_name(marks.declaring(view), request.method or "", actor=actor)
        try:
            throttles.spend(request, name, actor=actor, route=route)
        except (RateLimited, LimiterUnavailable) as error:
            return _refused(request, error)
        return None


def _actor(request: HttpRequest) -> Actor:
    """Return who asks; a browser that brings no session is nobody and costs no query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return Actor.anonymous(origin=origin_of(request))
    actor: Actor = getattr(request, "actor", None) or actor_of(request)
    return actor


def _refused(request: HttpRequest, error: RateLimited | LimiterUnavailable) -> HttpResponseBase:
    if isinstance(error, RateLimited) and _is_quiet(request):
        error = RateLimited(error.usage, is_quiet=True)
    response = answer(request, error)
    assert response is not None
    return response


def _is_quiet(request: HttpRequest) -> bool:
    """Tell whether a request goes to a route that says nothing of limits."""
    view = marks.view_of(request)
    name: str | None = getattr(view, "throttle_tier", None)
    is_counted = request.method in getattr(view, "throttle_methods", UNSAFE_METHODS)
    return name is not None and is_counted and settings.RATE_LIMITS[name].is_quiet
