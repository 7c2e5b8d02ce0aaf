"""Asking about what is installed, through the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import actor_of
from releases import recall
from releases.api.shapes import AuditAnswerSerializer, NewAuditSerializer
from releases.recall import Installed


class AuditList(APIView):
    """Audits of lockfiles; nothing is kept of them."""

    @extend_schema(
        operation_id="auditPackages", request=NewAuditSerializer, responses=AuditAnswerSerializer
    )
    def post(self, request: Request) -> Response:
        """Say of each package of a lockfile how it stands; nobody needs to be signed in."""
        asked = NewAuditSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        packages = [Installed(**each) for each in asked.validated_data["packages"]]
        standings = recall.standings(packages, by=actor_of(request))
        return Response(AuditAnswerSerializer({"items": standings}).data)
