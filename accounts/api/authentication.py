"""The API's door: `Authorization: Bearer mog_…`, one query, cookies ignored.

A second query where `X-Mog-Org` names an organization that the token is not bound to.
"""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts import acting, tokens
from accounts.actor import Actor
from accounts.errors import InvalidCredential, SignInRequired
from accounts.http import origin_of
from accounts.models import User

# For which of their organizations somebody asks: its slug.
ORGANIZATION_HEADER = "X-Mog-Org"


class BearerAuthentication(BaseAuthentication):
    """Turns a Bearer token (RFC 6750 section 2.1) into `request.auth`, an Actor."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """Return user and actor, None without a token; raises InvalidCredential for a bad one.

        Raises what `acting.named_by` does, and SignInRequired for an organization without a token.
        """
        header = request.META.get("HTTP_AUTHORIZATION", "")
        organization = request.headers.get(ORGANIZATION_HEADER, "").strip()
        if not header:
            if organization:
                raise SignInRequired
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise InvalidCredential
        now = timezone.now()
        credential = tokens.look_up(token.strip(), now=now)
        actor = Actor.of(credential, origin=origin_of(request))
        tokens.note_use(credential, by=actor, now=now)
        if organization:
            actor = acting.named_by(actor, organization)
        return credential.user, actor

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401 answer (RFC 6750 section 3)."""
        return 'Bearer realm="mog"'
