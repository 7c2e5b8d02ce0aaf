"""The versions of a listing, and links to their bytes, through the API."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of, public_read
from accounts.scopes import Scope
from catalog.models import Listing
from releases import downloads
from releases.api.shapes import (
    NewDownloadSerializer,
    TicketSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from releases.models import Release


@public_read
class VersionList(APIView):
    """The versions of a listing."""

    @extend_schema(
        operation_id="listVersions", parameters=PARAMETERS, responses=page_of(VersionSerializer)
    )
    def get(self, request: Request, vendor: str, slug: str) -> Response:
        """List them, highest first."""
        versions = Release.objects.shown_of(_visible(request, vendor, slug)).with_artifact()
        order = ("-major", "-minor", "-patch")
        return paginate(versions, request=request, order=order).answer(VersionSerializer)


@public_read
class VersionDetail(APIView):
    """One version."""

    @extend_schema(operation_id="getVersion", responses=VersionDetailSerializer)
    def get(self, request: Request, vendor: str, slug: str, version: str) -> Response:
        """Show it with the names and digests of its files."""
        shown = Release.objects.shown_of(_visible(request, vendor, slug))
        release = get_object_or_404(shown.select_related("artifact"), version=version)
        return Response(VersionDetailSerializer(release).data)


class DownloadList(APIView):
    """Links to archives."""

    @extend_schema(
        operation_id="download", request=NewDownloadSerializer, responses=TicketSerializer
    )
    def post(self, request: Request) -> Response:
        """Sign a link for whoever has a right to the listing."""
        actor = actor_of(request)
        actor.require_scope(Scope.DOWNLOAD)
        wanted = NewDownloadSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        name, version = wanted.validated_data["listing"], wanted.validated_data["version"]
        listing = get_object_or_404(downloads.reachable(actor), name=name)
        ticket = downloads.issue_ticket(listing, version=version, by=actor, now=timezone.now())
        return Response(TicketSerializer(ticket).data)


def _visible(request: Request, vendor: str, slug: str) -> Listing:
    visible = Listing.objects.visible_to(actor_of(request)).without_texts()
    return get_object_or_404(visible, name=f"{vendor}/{slug}")
