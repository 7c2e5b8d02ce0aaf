"""How a question to a person stands, for the token that waits for the answer."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import actor_of
from accounts.scopes import Scope
from payments import approvals
from payments.api.policy_shapes import ApprovalSerializer
from payments.models import ApprovalState

# Seconds until asking again makes sense: people do not decide faster.
_ASK_AGAIN = "3"


class ApprovalDetail(APIView):
    """One approval; deciding on it takes a person in a browser."""

    @extend_schema(operation_id="getApproval", responses=ApprovalSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Say how it stands, to the token that has asked for it."""
        actor, now = actor_of(request), timezone.now()
        actor.require_scope(Scope.PURCHASE)
        approval = get_object_or_404(approvals.visible_to(actor), public_id=public_id)
        answer = Response(ApprovalSerializer(approval, context={"now": now}).data)
        if approval.state_at(now) == ApprovalState.PENDING:
            answer["Retry-After"] = _ASK_AGAIN
        return answer
