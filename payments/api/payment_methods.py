"""Saved cards and the wallet that fills itself, through the API."""

from http import HTTPStatus

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import CamelSerializer
from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from payments import auto_top_up, payment_methods
from payments.api.fields import CentsField, FlagField
from payments.auto_top_up import Rule
from payments.models import AutoTopUp


class CardSerializer(CamelSerializer):
    """What may be shown of a saved card."""

    id = serializers.CharField(source="method.id")
    brand = serializers.CharField(source="method.brand")
    last4 = serializers.CharField(source="method.last4")
    expires_month = serializers.IntegerField(source="method.expires_month")
    expires_year = serializers.IntegerField(source="method.expires_year")
    is_default = serializers.BooleanField()


class CardListSerializer(CamelSerializer):
    """Every saved card, newest first."""

    items = CardSerializer(many=True)


class StartedCardSerializer(CamelSerializer):
    """What a person needs in order to save a card: the provider's secret, or the page of ours."""

    client_secret = serializers.CharField()
    save_url = serializers.CharField()


class AutoTopUpSerializer(CamelSerializer):
    """When a wallet fills itself, by how much, and how much a calendar month (UTC) at most."""

    is_enabled = FlagField()
    threshold_cents = CentsField()
    amount_cents = CentsField()
    monthly_ceiling_cents = CentsField()


class AutoTopUpStateSerializer(AutoTopUpSerializer):
    """The rule, and how it fares; `stoppedAt` is set when declines have ended it."""

    spent_this_month_cents = serializers.SerializerMethodField()
    declines = serializers.IntegerField()
    stopped_at = serializers.DateTimeField(allow_null=True)

    def get_spent_this_month_cents(self, auto: AutoTopUp) -> int:
        """Return what was charged this month, with what is on its way."""
        return auto_top_up.spent_cents(auto, now=timezone.now())


@throttled("financial", methods=("GET", "POST"))
class PaymentMethodList(APIView):
    """Saved cards of the actor's wallet; the provider is asked each time."""

    @extend_schema(operation_id="listPaymentMethods", responses=CardListSerializer)
    def get(self, request: Request) -> Response:
        """List them."""
        cards = payment_methods.listed(actor_of(request))
        return Response({"items": CardSerializer(cards, many=True).data})

    @extend_schema(
        operation_id="savePaymentMethod", request=None, responses={201: StartedCardSerializer}
    )
    def post(self, request: Request) -> Response:
        """Start saving a card; a person enters it at the provider."""
        setup = payment_methods.begin(by=actor_of(request))
        path = reverse("wallet-card-save", args=[setup.id])
        body = {"clientSecret": setup.client_secret, "saveUrl": f"{settings.SITE_URL}{path}"}
        return Response(body, status=HTTPStatus.CREATED)


@throttled("financial")
class PaymentMethodDetail(APIView):
    """One saved card."""

    @extend_schema(operation_id="removePaymentMethod", request=None, responses={204: None})
    def delete(self, request: Request, method_id: str) -> Response:
        """Forget it."""
        payment_methods.remove(method_id, by=actor_of(request), now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


@throttled("financial")
class DefaultPaymentMethod(APIView):
    """The card that is charged while its owner is away."""

    @extend_schema(operation_id="chooseDefaultPaymentMethod", request=None, responses={204: None})
    def put(self, request: Request, method_id: str) -> Response:
        """Make a saved card the default."""
        payment_methods.choose(method_id, by=actor_of(request), now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


@throttled("financial")
class AutoTopUpDetail(APIView):
    """The wallet that fills itself."""

    @extend_schema(operation_id="getAutoTopUp", responses=AutoTopUpStateSerializer)
    def get(self, request: Request) -> Response:
        """Show the rule."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        return Response(AutoTopUpStateSerializer(auto_top_up.of(actor)).data)

    @extend_schema(
        operation_id="setAutoTopUp",
        request=AutoTopUpSerializer,
        responses=AutoTopUpStateSerializer,
    )
    def put(self, request: Request) -> Response:
        """Set the rule; declines are counted anew."""
        actor = actor_of(request)
        actor.require_scope(Scope.ACCOUNT)
        wanted = AutoTopUpSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        auto = auto_top_up.change(Rule(**wanted.validated_data), by=actor, now=timezone.now())
        return Response(AutoTopUpStateSerializer(auto).data)
