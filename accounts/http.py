"""What requests carry for our views, and what views declare of themselves for the middleware."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from accounts.actor import Actor
from audit.who import Origin

_View = TypeVar("_View", bound=Callable[..., Any])

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class MogRequest(HttpRequest):
    """A request after the middleware: where it came from and, on pages and /bff, who acts."""

    origin: Origin
    actor: Actor


def origin_of(request: HttpRequest | Request) -> Origin:
    """Return where a request came from."""
    django_request = request._request if isinstance(request, Request) else request
    origin = getattr(django_request, "origin", None)
    return origin if isinstance(origin, Origin) else Origin()


def actor_of(request: HttpRequest | Request) -> Actor:
    """Return who acts: by the credential that DRF authenticated, or by the session's on a page."""
    actor = request.auth if isinstance(request, Request) else getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else Actor.anonymous(origin=origin_of(request))


def throttled(tier: str, *, methods: Collection[str] = UNSAFE_METHODS) -> Callable[[_View], _View]:
    """Put a view under a tier of `settings.RATE_LIMITS`: a function, or an API view class.

    methods: the ones the tier counts; others of the same view fall under the usual tier.
    """

    def mark(view: _View) -> _View:
        view.throttle_tier = tier  # type: ignore[attr-defined]  # read by the limiter
        view.throttle_methods = frozenset(methods)  # type: ignore[attr-defined]  # as above
        return view

    return mark


def public_read(view: _View) -> _View:
    """Declare that GET answers of a view are the same for everybody who is anonymous.

    They get an ETag, may be cached by anybody and be read by scripts of any site.
    """
    view.public_read = True  # type: ignore[attr-defined]  # read by the conditional middleware
    return view


def content_of_strangers(view: _View) -> _View:
    """Declare that a view answers with bytes that somebody has uploaded.

    It lives on the origin of such content only (`settings.CONTENT_URL`), and a browser that shows
    its answer after all may do nothing with it.
    """
    view.content_of_strangers = True  # type: ignore[attr-defined]  # read by the content middleware
    return view


def leads_to_providers(view: _View) -> _View:
    """Let the forms of a page end at the sign-in providers: Chromium counts redirects (CSP 3)."""
    if not settings.SIGN_IN_ORIGINS:
        return view
    return cast("_View", csp_update({"form-action": settings.SIGN_IN_ORIGINS})(view))
