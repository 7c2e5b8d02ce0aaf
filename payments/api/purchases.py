"""Buying through the API."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from payments import card_purchases, checkout, idempotency
from payments.api import keyed
from payments.api.shapes import (
    EntitlementSerializer,
    NewPurchaseSerializer,
    PendingPurchaseSerializer,
    PurchaseSerializer,
)
from payments.checkout import Purchase
from payments.errors import NothingToPay
from payments.idempotency import Effect, Keyed
from payments.models import Entitlement
from payments.sale_terms import Wanted

_ROUTE = "POST /v1/purchases"
_NO_MONEY = "The wallet holds too little, or a person has to approve this first."
_NOT_NOW = "It is not on sale, it is yours, its price is above `maxPriceCents`, or the key is busy."


@throttled("financial")
class PurchaseList(APIView):
    """Purchases of the actor."""

    @extend_schema(
        operation_id="purchase",
        parameters=[keyed.parameter(is_required=False)],
        request=NewPurchaseSerializer,
        responses={
            201: PurchaseSerializer,
            200: PurchaseSerializer,
            202: PendingPurchaseSerializer,
            402: OpenApiResponse(description=_NO_MONEY),
            409: OpenApiResponse(description=_NOT_NOW),
        },
    )
    def post(self, request: Request) -> Response:
        """Buy; what the buyer has already costs nothing and answers 200.

        What costs something needs an `Idempotency-Key`. With `useWallet: false` it answers 202, and
        a person pays by card.
        """
        actor, now = actor_of(request), timezone.now()
        actor.require_scope(Scope.PURCHASE)
        key = keyed.keyed_or_none(request, route=_ROUTE)
        body = NewPurchaseSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        by_card = not body.validated_data.pop("use_wallet")
        wanted = Wanted(**body.validated_data)
        with checkout.refusals_recorded(by=actor, now=now):
            if key is None:
                bought = checkout.purchase(wanted, by=actor, now=now, may_pay=False)
                effect = _effect(bought)
                return Response(effect.body, status=effect.status)
            if by_card:
                return _by_card(key, wanted, by=actor, now=now)
            effect_of = _buying(wanted, by=actor, now=now)
            return keyed.answered(idempotency.once(key, by=actor, now=now, effect=effect_of))


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


def _buying(wanted: Wanted, *, by: Actor, now: datetime) -> Callable[[], Effect]:
    return lambda: _effect(checkout.purchase(wanted, by=by, now=now, may_pay=True))


def _by_card(key: Keyed, wanted: Wanted, *, by: Actor, now: datetime) -> Response:
    try:
        return keyed.answered(card_purchases.start(key, wanted, by=by, now=now))
    except NothingToPay:
        effect = _effect(checkout.purchase(wanted, by=by, now=now, may_pay=False))
        return Response(effect.body, status=effect.status)


def _effect(bought: Purchase) -> Effect:
    status = HTTPStatus.CREATED if bought.is_new else HTTPStatus.OK
    return Effect(status, PurchaseSerializer(bought).data, is_kept=bought.has_paid)
