"""Tokens through the API: a token sees and ends itself; with `account`, its owner's others too."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import tokens
from accounts.actor import Actor
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.api.shapes import TokenSerializer
from accounts.http import actor_of
from accounts.models import Credential
from accounts.models.credential import CredentialQuerySet
from accounts.scopes import Scope


def _visible_to(actor: Actor) -> CredentialQuerySet:
    """Return the tokens an actor may see and end.

    One that is bound to an organization reaches nothing of its person beyond that.
    """
    own = Credential.objects.listed_for(actor.require_user(), now=timezone.now())
    token = actor.credential
    assert token is not None
    if Scope.ACCOUNT not in actor.scopes:
        return own.filter(pk=token.pk)
    return own.filter(organization=token.organization_id) if token.organization_id else own


class TokenList(APIView):
    """The tokens one may see."""

    @extend_schema(
        operation_id="listTokens", parameters=PARAMETERS, responses=page_of(TokenSerializer)
    )
    def get(self, request: Request) -> Response:
        """List live tokens, newest first."""
        page = paginate(_visible_to(actor_of(request)), request=request)
        return page.answer(TokenSerializer)


class CurrentToken(APIView):
    """The token of this very request."""

    @extend_schema(operation_id="getCurrentToken", responses=TokenSerializer)
    def get(self, request: Request) -> Response:
        """Show it."""
        actor = actor_of(request)
        actor.require_user()
        return Response(TokenSerializer(actor.credential).data)


class TokenDetail(APIView):
    """One token."""

    @extend_schema(operation_id="getToken", responses=TokenSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Show it."""
        token = get_object_or_404(_visible_to(actor_of(request)), public_id=public_id)
        return Response(TokenSerializer(token).data)

    @extend_schema(operation_id="revokeToken", request=None, responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """End it at once."""
        actor = actor_of(request)
        token = get_object_or_404(_visible_to(actor), public_id=public_id)
        tokens.revoke(token, by=actor, now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)
