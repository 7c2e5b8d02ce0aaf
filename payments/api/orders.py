"""What the actor has bought for money, through the API."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of
from accounts.scopes import Scope
from payments.api.shapes import OrderSerializer
from payments.models import Order


class OrderList(APIView):
    """Orders of the actor: the organization's that the token acts for, or their own."""

    @extend_schema(
        operation_id="listOrders", parameters=PARAMETERS, responses=page_of(OrderSerializer)
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        rows = Order.objects.bought_by(actor).with_entitlement()
        return paginate(rows, request=request).answer(OrderSerializer)


class OrderDetail(APIView):
    """One order."""

    @extend_schema(operation_id="getOrder", responses=OrderSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Show it; somebody else's does not exist."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        rows = Order.objects.bought_by(actor).with_entitlement()
        return Response(OrderSerializer(get_object_or_404(rows, public_id=public_id)).data)
