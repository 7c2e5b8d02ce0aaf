"""Contesting findings, and having a release scanned again, through the API."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import actor_of, throttled
from releases import campaigns, disputes
from releases.api.own import own_release
from releases.api.shapes import (
    DisputeSerializer,
    NewDisputeSerializer,
    NewRescanSerializer,
    RescanSerializer,
)


class DisputeList(APIView):
    """Disputes of one finding; there is one at most."""

    @extend_schema(
        operation_id="contestFinding",
        request=NewDisputeSerializer,
        responses={201: DisputeSerializer},
    )
    def post(self, request: Request, public_id: str, finding_id: str) -> Response:
        """Say why a finding is wrong; a person answers."""
        actor = actor_of(request)
        release = own_release(actor, public_id)
        finding = get_object_or_404(disputes.shown_of(release), public_id=finding_id)
        said = NewDisputeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        statement = said.validated_data["statement"]
        dispute = disputes.contest(
            release, finding, statement=statement, by=actor, now=timezone.now()
        )
        return Response(DisputeSerializer(dispute).data, status=HTTPStatus.CREATED)


@throttled("rescan")
class RescanList(APIView):
    """Further scans of a release."""

    @extend_schema(
        operation_id="rescanRelease",
        request=NewRescanSerializer,
        responses={202: RescanSerializer},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Have it scanned again under the rules of today; look at the release for the outcome."""
        actor = actor_of(request)
        release = own_release(actor, public_id)
        NewRescanSerializer(data=request.data).is_valid(raise_exception=True)
        rescan = campaigns.ask(release, by=actor, now=timezone.now())
        headers = {"Location": f"/v1/vendor/releases/{public_id}", "Retry-After": "2"}
        data = RescanSerializer(rescan).data
        return Response(data, status=HTTPStatus.ACCEPTED, headers=headers)
