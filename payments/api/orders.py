"""What the actor has bought for money, through the API."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from payments import card_purchases, idempotency, refunds
from payments.api import keyed
from payments.api.shapes import OrderSerializer, RefundSerializer
from payments.idempotency import Effect
from payments.models import Order

_ENDED = "It was paid, or has ended."
_NOT_BACK = "It was fetched, refunded or bought too long ago, or the key is busy."


class OrderList(APIView):
    """Orders of the actor: the organization's that the token acts for, or their own."""

    @extend_schema(
        operation_id="listOrders", parameters=PARAMETERS, responses=page_of(OrderSerializer)
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        rows = Order.objects.bought_by(actor).with_entitlement().with_disputes()
        return paginate(rows, request=request).answer(OrderSerializer)


class OrderDetail(APIView):
    """One order."""

    @extend_schema(operation_id="getOrder", responses=OrderSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Show it; somebody else's does not exist."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        rows = Order.objects.bought_by(actor).with_entitlement().with_disputes()
        order = get_object_or_404(rows, public_id=public_id)
        if order.is_pending:
            order = card_purchases.look(order, now=timezone.now())
        return Response(OrderSerializer(order).data)


@throttled("financial")
class OrderCancellation(APIView):
    """Calling one order off that waits for a card."""

    @extend_schema(
        operation_id="cancelOrder",
        request=None,
        responses={200: OrderSerializer, 409: OpenApiResponse(description=_ENDED)},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Call it off, so that nobody can pay it any more; somebody else's is 404."""
        actor, now = actor_of(request), timezone.now()
        actor.require_scope(Scope.PURCHASE)
        rows = Order.objects.bought_by(actor).with_buyer()
        order = get_object_or_404(rows, public_id=public_id)
        return Response(OrderSerializer(card_purchases.cancel(order, by=actor, now=now)).data)


@throttled("financial")
class OrderRefund(APIView):
    """Taking one order back."""

    @extend_schema(
        operation_id="refundOrder",
        parameters=[keyed.parameter()],
        request=None,
        responses={201: RefundSerializer, 409: OpenApiResponse(description=_NOT_BACK)},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Give it back for the whole price, while nobody has fetched it; somebody else's is 404."""
        actor, now = actor_of(request), timezone.now()
        actor.require_scope(Scope.PURCHASE)
        key = keyed.keyed(request, route=f"POST /v1/orders/{public_id}/refund")
        order = get_object_or_404(Order.objects.bought_by(actor), public_id=public_id)

        def effect() -> Effect:
            made = refunds.take_back(order, by=actor, now=now)
            return Effect(HTTPStatus.CREATED, RefundSerializer(made).data)

        return keyed.answered(idempotency.once(key, by=actor, now=now, effect=effect))
