"""What a seller has earned, through the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of
from accounts.scopes import Scope
from payments import sales
from payments.api.shapes import EarningSerializer


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
