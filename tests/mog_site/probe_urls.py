"""The product's routes and a few views that do what no product view does: fail on demand."""

import sqlite3
from typing import Any

from django.core import exceptions as django_errors
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.pagination import paginate
from accounts.api.serializers import CamelSerializer
from accounts.errors import InvalidCredential, MissingScope, SignInRequired, StepUpRequired
from accounts.http import actor_of, origin_of, public_read, throttled
from accounts.models import User
from accounts.scopes import Scope
from mog_site import urls

ERRORS: dict[str, BaseException] = {
    "sign-in": SignInRequired(),
    "credential": InvalidCredential(),
    "scope": MissingScope(Scope.PURCHASE),
    "step-up": StepUpRequired(),
    "not-found": Http404("a secret reason"),
    "no-row": User.DoesNotExist("a secret reason"),
    "forbidden": django_errors.PermissionDenied("a secret reason"),
    "invalid": django_errors.ValidationError({"display_name": ["Too long."]}),
    "suspicious": django_errors.SuspiciousOperation("a secret reason"),
    "too-big": django_errors.RequestDataTooBig("a secret reason"),
    "database": OperationalError("a secret reason"),
    "cache": sqlite3.OperationalError("a secret reason"),
    "surprise": RuntimeError("a secret reason"),
}


class EchoSerializer(CamelSerializer):
    """A body with one field."""

    display_name = serializers.CharField(max_length=5)


class Echo(APIView):
    """Says who asks, and reads a body."""

    def get(self, request: Request) -> Response:
        """Answer who and from where."""
        actor = actor_of(request)
        user = actor.user.username if actor.user else ""
        return Response({"user": user, "ip": origin_of(request).ip})

    def post(self, request: Request) -> Response:
        """Answer with the body, read strictly."""
        body = EchoSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(body.validated_data)


class Failing(APIView):
    """Raises what the address names."""

    def get(self, request: Request, name: str) -> Response:
        """Fail."""
        raise ERRORS[name]


@throttled("auth")
class AuthProbe(APIView):
    """Stands for device starts and code entry."""

    def get(self, request: Request) -> Response:
        """Answer."""
        return Response({})

    def post(self, request: Request) -> Response:
        """Answer."""
        return Response({})


@throttled("financial")
class MoneyProbe(APIView):
    """Stands for purchases."""

    def post(self, request: Request) -> Response:
        """Answer."""
        return Response({})


@public_read
class PublicProbe(APIView):
    """Stands for the catalogue."""

    def get(self, request: Request) -> Response:
        """Answer the same to everybody."""
        return Response({"hello": "everybody"})


class PeopleSerializer(CamelSerializer):
    """A person in a list."""

    username = serializers.CharField()


class People(APIView):
    """A list in pages."""

    def get(self, request: Request) -> Response:
        """Answer one page, newest first."""
        return paginate(User.objects.all(), request=request).answer(PeopleSerializer)


def page(request: HttpRequest) -> HttpResponse:
    """Answer a page."""
    return HttpResponse("a page")


def failing_page(request: HttpRequest, name: str) -> HttpResponse:
    """Raise what the address names."""
    raise ERRORS[name]


@throttled("auth")
@require_POST
def auth_page(request: HttpRequest) -> HttpResponse:
    """Stand for a form that enters a code."""
    return HttpResponse("entered")


def _api(view: type[APIView]) -> Any:
    return view.as_view()


handler400 = handler403 = handler404 = handler500 = "mog_site.error_answers.handle_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/probe/echo", _api(Echo)),
    path("v1/probe/fail/<str:name>", _api(Failing)),
    path("v1/probe/auth", _api(AuthProbe)),
    path("v1/probe/money", _api(MoneyProbe)),
    path("v1/probe/public", _api(PublicProbe)),
    path("v1/probe/people", _api(People)),
    path("probe/page", page),
    path("probe/fail/<str:name>", failing_page),
    path("probe/auth", auth_page),
    *urls.urlpatterns,
]


def broken_context(request: HttpRequest) -> dict[str, str]:
    """Fail while a page is drawn."""
    raise OperationalError("a secret reason")
