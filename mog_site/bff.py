"""The browser's door to the API: the very same views, in-process, by session and CSRF.

The session's internal credential acts, so scopes are checked as for any token; it has no plaintext
that could be returned. What `bff_urls.py` does not list, a browser cannot call.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.views.decorators.cache import never_cache
from rest_framework import authentication
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.errors import InvalidCredential, SignInRequired
from accounts.models import User


class SessionAuthentication(authentication.SessionAuthentication):
    """Turns the session into `request.auth`, an Actor; knows no tokens at all."""

    def authenticate(self, request: Request) -> tuple[User, Actor]:
        """Return user and actor.

        Raises InvalidCredential for a token of whatever kind, SignInRequired for nobody, and
        PermissionDenied without a CSRF token.
        """
        if "HTTP_AUTHORIZATION" in request.META:
            raise InvalidCredential
        actor: Actor = request._request.actor  # type: ignore[attr-defined]  # SessionActorMiddleware sets it
        if not actor.is_authenticated:
            raise SignInRequired
        self.enforce_csrf(request)
        return actor.require_user(), actor

    def authenticate_header(self, _request: Request) -> str:
        """Return the challenge of a 401 answer: a session, which no header can bring."""
        return 'Session realm="mog"'


def door(view: type[APIView]) -> Callable[..., HttpResponseBase]:
    """Return an API view as it stands behind this door: by session, and never cached."""
    options: dict[str, Any] = {"authentication_classes": [SessionAuthentication]}
    return never_cache(view.as_view(**options))
