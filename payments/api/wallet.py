"""The wallet through the API: what is in it, and how it came and went."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of
from accounts.scopes import Scope
from payments import accounts, statements
from payments.api.shapes import LineSerializer, WalletSerializer


class Wallet(APIView):
    """The wallet an actor pays from: the organization's that the token acts for, or their own."""

    @extend_schema(operation_id="getWallet", responses=WalletSerializer)
    def get(self, request: Request) -> Response:
        """Show what is in it."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        return Response(WalletSerializer(accounts.wallet_for(actor)).data)


class Statement(APIView):
    """What has moved on it."""

    @extend_schema(
        operation_id="listWalletStatement",
        parameters=PARAMETERS,
        responses=page_of(LineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List it, newest first; each line tells the balance that it left."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        wallet = accounts.wallet_for(actor)
        page = paginate(statements.last_postings(wallet), request=request, order=("-pk",))
        lines = statements.lines_of(wallet, page.items)
        items = LineSerializer(lines, many=True).data
        return Response({"items": items, "nextCursor": page.next_cursor})
