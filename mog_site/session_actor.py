"""Who acts on pages and `/bff`: read from the session when somebody asks, and only then."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import browser
from accounts.actor import Actor
from accounts.http import MogRequest, origin_of
from accounts.models import User


class SessionActorMiddleware:
    """Sets `request.actor`, and `request.user` from it: Django's own look-up knows no credentials.

    A request that asks for neither, such as one with a Bearer token, costs no query.
    """

    def __init__(self, get_response: Callable[[MogRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: MogRequest) -> HttpResponseBase:
        """Answer the request with both set."""
        request.actor = cast("Actor", SimpleLazyObject(lambda: _actor(request)))
        request.user = cast("User", SimpleLazyObject(lambda: request.actor.user or AnonymousUser()))
        return self.get_response(request)


def _actor(request: MogRequest) -> Actor:
    return browser.actor_of_session(request.session, origin=origin_of(request), now=timezone.now())
