"""Buying through the API."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from catalog.models import Listing
from payments import checkout
from payments.api.shapes import EntitlementSerializer, NewPurchaseSerializer, PurchaseSerializer
from payments.models import Entitlement

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 printable characters; the same key buys once.",
)


@throttled("financial")
class PurchaseList(APIView):
    """Purchases of the actor."""

    @extend_schema(
        operation_id="purchase",
        parameters=[_KEY],
        request=NewPurchaseSerializer,
        responses={201: PurchaseSerializer, 200: PurchaseSerializer},
    )
    def post(self, request: Request) -> Response:
        """Buy; what the buyer has already costs nothing and answers 200."""
        actor = actor_of(request)
        actor.require_scope(Scope.PURCHASE)
        wanted = NewPurchaseSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        visible = Listing.objects.visible_to(actor).with_vendor().without_texts()
        bought = checkout.purchase(
            get_object_or_404(visible, name=wanted.validated_data["listing"]),
            idempotency_key=request.headers.get("Idempotency-Key"),
            by=actor,
            now=timezone.now(),
        )
        status = HTTPStatus.CREATED if bought.is_new else HTTPStatus.OK
        return Response(PurchaseSerializer(bought).data, status=status)


class EntitlementList(APIView):
    """What the actor may install."""

    @extend_schema(
        operation_id="listEntitlements",
        parameters=PARAMETERS,
        responses=page_of(EntitlementSerializer),
    )
    def get(self, request: Request) -> Response:
        """List it, newest first."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        held = Entitlement.objects.held_by(actor).active().select_related("listing")
        page = paginate(held, request=request, order=("-granted_at", "-pk"))
        return page.answer(EntitlementSerializer)
