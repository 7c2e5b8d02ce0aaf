"""Whoever asks."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.shapes import MeSerializer
from accounts.http import actor_of
from accounts.scopes import Scope


class Me(APIView):
    """The account behind the token, and the token."""

    @extend_schema(operation_id="getMe", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Show both, and for whom this request acts; needs the scope `read`."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        return Response(MeSerializer(actor).data)
