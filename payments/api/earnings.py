"""What a seller has earned and was paid, through the API."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of
from accounts.scopes import Scope
from catalog.models import Vendor
from payments import accounts, sales, statements
from payments.api.shapes import EarningSerializer, LineSerializer, PayoutSerializer
from payments.models import Payout


class EarningList(APIView):
    """Sales of the vendors that the actor sells under."""

    @extend_schema(
        operation_id="listEarnings", parameters=PARAMETERS, responses=page_of(EarningSerializer)
    )
    def get(self, request: Request) -> Response:
        """List them, newest first, each with the day it may be paid out."""
        actor, now = actor_of(request), timezone.now()
        actor.require_scope(Scope.SELL)
        page = paginate(sales.sales_of(actor), request=request)
        rows = [sales.sale_of(order, now=now) for order in page.items]
        items = EarningSerializer(rows, many=True).data
        return Response({"items": items, "nextCursor": page.next_cursor})


class PayoutList(APIView):
    """Payouts to the vendors that the actor sells under."""

    @extend_schema(
        operation_id="listPayouts", parameters=PARAMETERS, responses=page_of(PayoutSerializer)
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        actor = actor_of(request)
        actor.require_scope(Scope.SELL)
        rows = Payout.objects.earned_by(actor).select_related("vendor")
        return paginate(rows, request=request).answer(PayoutSerializer)


class VendorStatement(APIView):
    """What has moved on what one vendor is owed."""

    @extend_schema(
        operation_id="listVendorStatement",
        parameters=PARAMETERS,
        responses=page_of(LineSerializer),
    )
    def get(self, request: Request, slug: str) -> Response:
        """List it, newest first; each line tells the balance that it left."""
        actor = actor_of(request)
        actor.require_scope(Scope.SELL)
        vendor = get_object_or_404(Vendor.objects.sold_under_by(actor), slug=slug)
        account = accounts.payable_of(vendor)
        page = paginate(statements.last_postings(account), request=request, order=("-pk",))
        items = LineSerializer(statements.lines_of(account, page.items), many=True).data
        return Response({"items": items, "nextCursor": page.next_cursor})
