"""The device flow as JSON, for our own command line; the RFC's dialect is in `views/oauth.py`."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import device_flow
from accounts.api.shapes import (
    DevicePollSerializer,
    DeviceStartSerializer,
    PolledSerializer,
    StartedSerializer,
)
from accounts.device_flow import Polled, PollStatus
from accounts.errors import InvalidDeviceCode
from accounts.http import actor_of, throttled
from accounts.scopes import Scope


@throttled("auth")
class DeviceStart(APIView):
    """The beginning of a device flow."""

    authentication_classes = ()

    @extend_schema(
        operation_id="startDevice", request=DeviceStartSerializer, responses=StartedSerializer
    )
    @sensitive_variables("started", "answer")
    def post(self, request: Request) -> Response:
        """Ask for a code that a person can approve in a browser."""
        asked = DeviceStartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        started = device_flow.start(
            client_id=asked.validated_data["client_id"],
            scopes=frozenset(Scope(name) for name in asked.validated_data["scopes"]),
            by=actor_of(request),
            now=timezone.now(),
        )
        page = f"{settings.SITE_URL}{reverse('device')}"
        answer = {
            "device_code": started.device_code,
            "user_code": started.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'user_code': started.user_code})}",
            "expires_in": started.expires_in,
            "interval": started.interval,
        }
        return Response(StartedSerializer(answer).data)


class DevicePoll(APIView):
    """The wait for a decision."""

    authentication_classes = ()

    @extend_schema(
        operation_id="pollDevice", request=DevicePollSerializer, responses=PolledSerializer
    )
    @sensitive_variables("polled")
    def post(self, request: Request) -> Response:
        """Ask how the request stands; the token comes once."""
        asked = DevicePollSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            polled = device_flow.poll(
                asked.validated_data["device_code"],
                client_id=asked.validated_data["client_id"],
                by=actor_of(request),
                now=timezone.now(),
            )
        except InvalidDeviceCode:
            # A code is unknown here once it is used or purged: to the device it is over.
            return Response({"status": PollStatus.EXPIRED})
        return Response(_told(polled))


@sensitive_variables("polled", "issued")
def _told(polled: Polled) -> dict[str, object]:
    issued = polled.issued
    if issued is not None:
        return {
            "status": polled.status,
            "token": issued.plaintext,
            "tokenType": "Bearer",
            "expiresIn": issued.expires_in,
        }
    if polled.status in {PollStatus.PENDING, PollStatus.SLOW_DOWN}:
        return {"status": polled.status, "interval": polled.interval}
    return {"status": polled.status}
