"""Offers of packages to other vendors, to read; people answer them in the browser."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of
from accounts.scopes import Scope
from catalog.api.shapes import TransferSerializer
from catalog.models import ListingTransfer, Vendor


class TransferList(APIView):
    """Offers from and to the vendors that the actor sells under."""

    @extend_schema(
        operation_id="listTransfers", parameters=PARAMETERS, responses=page_of(TransferSerializer)
    )
    def get(self, request: Request) -> Response:
        """List them, newest first, answered ones included."""
        actor = actor_of(request)
        actor.require_scope(Scope.SELL)
        own = Vendor.objects.sold_under_by(actor)
        rows = ListingTransfer.objects.between(own).with_sides()
        page = paginate(rows, request=request, order=("-pk",))
        context = {"now": timezone.now()}
        items = TransferSerializer(page.items, many=True, context=context).data
        return Response({"items": items, "nextCursor": page.next_cursor})
