"""Uploading and following one's own releases through the API."""

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.http import actor_of, throttled
from accounts.scopes import Scope
from mog_package import UPLOAD
from releases import progress, publishing, uploads
from releases.api.own import own_release
from releases.api.shapes import (
    NewReleaseSerializer,
    OwnReleaseSerializer,
    PublicationSerializer,
    WithdrawalSerializer,
)
from releases.errors import UploadTooLarge
from releases.models import Release
from releases.upload_stream import HashingUploadHandler
from releases.uploads import Declared, Upload

# What the words around the archive may add to a request.
_FORM_BYTES = 64 * 1024
# A scan takes a second or two when no other waits.
_POLL_SECONDS = "1"


@throttled("sending")
class OwnReleaseList(APIView):
    """Releases of the vendors that the actor sells under."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="uploadRelease",
        request={"multipart/form-data": NewReleaseSerializer},
        responses={202: OwnReleaseSerializer},
    )
    def post(self, request: Request) -> Response:
        """Take an archive in, piece by piece; the scan comes later, so ask again."""
        actor = actor_of(request)
        actor.require_scope(Scope.SELL)
        _refuse_announced_flood(request)
        request._request.upload_handlers = [HashingUploadHandler(request._request)]
        declared = NewReleaseSerializer(data=request.data)
        declared.is_valid(raise_exception=True)
        release = _received(declared.validated_data, by=actor)
        return _progress(release, status=HTTPStatus.ACCEPTED)

    @extend_schema(
        operation_id="listOwnReleases",
        parameters=PARAMETERS,
        responses=page_of(OwnReleaseSerializer),
    )
    def get(self, request: Request) -> Response:
        """List them, newest first."""
        actor = actor_of(request)
        actor.require_scope(Scope.SELL)
        page = paginate(progress.told(Release.objects.sold_by(actor)), request=request)
        shown = [progress.of(release) for release in page.items]
        items = OwnReleaseSerializer(shown, many=True).data
        return Response({"items": items, "nextCursor": page.next_cursor})


class OwnReleaseDetail(APIView):
    """One of them."""

    @extend_schema(operation_id="getOwnRelease", responses=OwnReleaseSerializer)
    def get(self, request: Request, public_id: str) -> Response:
        """Show how it stands; `Retry-After` while something is still to come."""
        return _progress(own_release(actor_of(request), public_id))


class Publication(APIView):
    """The publication of a release."""

    @extend_schema(
        operation_id="publishRelease",
        request=PublicationSerializer,
        responses={201: OwnReleaseSerializer},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Put an accepted release on the shelf."""
        actor = actor_of(request)
        release = own_release(actor, public_id)
        PublicationSerializer(data=request.data).is_valid(raise_exception=True)
        publishing.publish(release, by=actor, now=timezone.now())
        return _progress(release, status=HTTPStatus.CREATED)


class Withdrawal(APIView):
    """The withdrawal of a release."""

    @extend_schema(
        operation_id="withdrawRelease",
        request=WithdrawalSerializer,
        responses={201: OwnReleaseSerializer},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Take a published release off the shelf."""
        actor = actor_of(request)
        release = own_release(actor, public_id)
        said = WithdrawalSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        reason = said.validated_data["reason"]
        publishing.withdraw(release, reason=reason, by=actor, now=timezone.now())
        return _progress(release, status=HTTPStatus.CREATED)


def _received(said: dict[str, Any], *, by: Actor) -> Release:
    file = said["archive"]
    return uploads.receive(
        Declared(name=said["name"], version=said["version"], is_to_publish=said["publish"]),
        Upload(file=file, sha256=file.sha256, size_bytes=file.size),
        by=by,
        now=timezone.now(),
    )


def _refuse_announced_flood(request: Request) -> None:
    """Refuse by what the request says of itself, before a byte is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > UPLOAD.archive_bytes + _FORM_BYTES:
        raise UploadTooLarge(UPLOAD.archive_bytes)


def _progress(release: Release, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {} if release.is_final else {"Retry-After": _POLL_SECONDS}
    if status == HTTPStatus.ACCEPTED:
        headers["Location"] = f"/v1/vendor/releases/{release.public_id}"
    shown = progress.read(release)
    return Response(OwnReleaseSerializer(shown).data, status=status, headers=headers)
