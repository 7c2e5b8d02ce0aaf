"""Spend policies through the API: to read and to try, never to change."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of
from accounts.models import SpendPolicy, SpendPolicyQuerySet
from accounts.scopes import Scope
from payments import simulations
from payments.api.policy_shapes import (
    SimulationSerializer,
    SpendPolicySerializer,
    ToSimulateSerializer,
)


def _visible_to(actor: Actor) -> SpendPolicyQuerySet:
    """Return the policies an actor may see: a token its own, with `account` all of its owner's.

    Who acts for an organization sees that one's too: they bind whatever it buys.
    """
    user = actor.require_scope(Scope.READ)
    seen = Q(pk=actor.policy.pk) if actor.policy else Q(pk__in=[])
    if Scope.ACCOUNT in actor.scopes:
        seen |= Q(user=user)
    if actor.organization is not None:
        seen |= Q(organization=actor.organization)
    return SpendPolicy.objects.live().filter(seen).select_related("organization")


class SpendPolicyList(APIView):
    """The policies one may see."""

    @extend_schema(
        operation_id="listSpendPolicies",
        parameters=PARAMETERS,
        responses=page_of(SpendPolicySerializer),
    )
    def get(self, request: Request) -> Response:
        """List them, newest first, each with what is left of its budgets."""
        now = timezone.now()
        page = paginate(_visible_to(actor_of(request)), request=request)
        rows = [simulations.budget_of(policy, now=now) for policy in page.items]
        items = SpendPolicySerializer(rows, many=True).data
        return Response({"items": items, "nextCursor": page.next_cursor})


class SpendPolicyDetail(APIView):
    """One policy."""

    @extend_schema(operation_id="getSpendPolicy", responses=SpendPolicySerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Show it; changing it takes its owner, in a browser."""
        policy = get_object_or_404(_visible_to(actor_of(request)), public_id=public_id)
        budget = simulations.budget_of(policy, now=timezone.now())
        return Response(SpendPolicySerializer(budget).data)


class SpendPolicySimulation(APIView):
    """Trying a package against one policy."""

    @extend_schema(
        operation_id="simulateSpendPolicy",
        request=ToSimulateSerializer,
        responses=SimulationSerializer,
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Say what would become of buying it now; nothing is bought or reserved."""
        actor = actor_of(request)
        policy = get_object_or_404(_visible_to(actor), public_id=public_id)
        body = ToSimulateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        name = body.validated_data["listing"]
        tried = simulations.simulate(policy, listing=name, by=actor, now=timezone.now())
        return Response(SimulationSerializer(tried).data)
