"""Asking what a purchase would cost, and come to."""

from http import HTTPStatus

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from payments import quotes
from payments.api.policy_shapes import QuotedSerializer, ToSimulateSerializer


@throttled("financial")
class QuoteList(APIView):
    """Prices that are locked for ten minutes."""

    @extend_schema(
        operation_id="quote", request=ToSimulateSerializer, responses={201: QuotedSerializer}
    )
    def post(self, request: Request) -> Response:
        """Lock the price of a listing, and say what the spend policies that apply say to it.

        Name the quote as `quoteId` of the purchase. Nothing is reserved of a budget.
        """
        actor = actor_of(request)
        actor.require_scope(Scope.PURCHASE)
        body = ToSimulateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        quoted = quotes.ask(body.validated_data["listing"], by=actor, now=timezone.now())
        return Response(QuotedSerializer(quoted).data, status=HTTPStatus.CREATED)
