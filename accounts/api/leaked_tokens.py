"""Reports of tokens found in public, in the form of GitHub's secret scanning partner programme."""

import hashlib
from base64 import b64encode
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer
from rest_framework.views import APIView

from accounts import leaks
from accounts.actor import Actor
from accounts.api.shapes import LeakSerializer, VerdictSerializer
from accounts.http import actor_of, throttled

_REPORTS_AT_ONCE = 100


@throttled("auth")
class LeakedTokens(APIView):
    """A letter box for whoever finds tokens of ours: the token itself is the proof."""

    authentication_classes = ()

    @extend_schema(
        operation_id="reportLeakedTokens",
        request=LeakSerializer(many=True),
        responses={200: VerdictSerializer(many=True)},
    )
    @sensitive_variables()
    def post(self, request: Request) -> Response:
        """Revoke each that is one of ours and tell its owner; answer in the order of the list."""
        reports: ListSerializer[Any] = ListSerializer(
            data=request.data,
            child=LeakSerializer(),
            max_length=_REPORTS_AT_ONCE,
            allow_empty=False,
        )
        reports.is_valid(raise_exception=True)
        actor = actor_of(request)
        return Response([_judge(report, by=actor) for report in reports.validated_data])


@sensitive_variables()
def _judge(report: dict[str, Any], *, by: Actor) -> dict[str, str]:
    token: str = report["token"]
    is_ours = leaks.revoke_leaked(token, source=report["source"], by=by, now=timezone.now())
    return {
        "token_hash": b64encode(hashlib.sha256(token.encode()).digest()).decode(),
        "token_type": report.get("type", ""),
        "label": "true_positive" if is_ours else "false_positive",
    }
