"""Filling a wallet through the API: asked for here, paid by a person, seen here."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import CamelSerializer
from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from payments import top_ups
from payments.api import keyed
from payments.api.fields import CentsField
from payments.models import ChargebackState, TopUp, TopUpSource, TopUpState
from payments.models.chargeback import state_of


class NewTopUpSerializer(CamelSerializer):
    """How much, in cents of the marketplace's currency."""

    amount_cents = CentsField()


class StartedTopUpSerializer(CamelSerializer):
    """What a person needs in order to pay: the provider's secret, or the page of ours."""

    top_up_id = serializers.CharField()
    client_secret = serializers.CharField()
    pay_url = serializers.CharField()


class TopUpSerializer(CamelSerializer):
    """How a top-up stands."""

    id = serializers.CharField(source="public_id")
    amount_cents = serializers.IntegerField()
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=TopUpState.choices)
    source = serializers.ChoiceField(choices=TopUpSource.choices)  # type: ignore[assignment]  # hides an attribute nobody uses
    failure_code = serializers.CharField()
    pay_url = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    dispute_state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=ChargebackState.choices, allow_null=True))
    def get_dispute_state(self, top_up: TopUp) -> str | None:
        """Return how its payment stands with the bank; null if nobody disputes it."""
        return state_of(top_up)

    def get_pay_url(self, top_up: TopUp) -> str:
        """Return where a person pays it, and sees what became of it."""
        return top_ups.url_of(top_up)


@throttled("financial")
class TopUpList(APIView):
    """Top-ups of the actor's wallet."""

    @extend_schema(
        operation_id="topUpWallet",
        parameters=[keyed.parameter()],
        request=NewTopUpSerializer,
        responses={201: StartedTopUpSerializer},
    )
    def post(self, request: Request) -> Response:
        """Ask for a payment into the wallet; a person pays it, and only then it is credited."""
        actor = actor_of(request)
        actor.require_scope(Scope.PURCHASE)
        asked = keyed.keyed(request, route="POST /v1/wallet/top-up")
        wanted = NewTopUpSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        cents = wanted.validated_data["amount_cents"]
        answer = top_ups.start(asked, amount_cents=cents, by=actor, now=timezone.now())
        return keyed.answered(answer)


class TopUpDetail(APIView):
    """One top-up."""

    @extend_schema(operation_id="getTopUp", responses=TopUpSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Show how it stands."""
        actor = actor_of(request)
        actor.require_scope(Scope.READ)
        own = TopUp.objects.of(actor).with_payer()
        return Response(TopUpSerializer(get_object_or_404(own, public_id=public_id)).data)
