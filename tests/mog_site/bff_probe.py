"""A site with one API view behind both doors, to see what each lets in."""

from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import actor_of
from accounts.scopes import Scope
from mog_site import bff
from mog_site.urls import *  # noqa: F403 (the site's own error handlers)
from mog_site.urls import urlpatterns as site


class Probe(APIView):
    """Tells who acts."""

    def get(self, request: Request) -> Response:
        """Answer any actor that may read."""
        user = actor_of(request).require_scope(Scope.READ)
        return Response({"username": user.username})

    def post(self, request: Request) -> Response:
        """Answer what was sent."""
        actor_of(request).require_scope(Scope.READ)
        return Response(request.data)


urlpatterns = [
    path("v1/probe", Probe.as_view()),
    path("bff/probe", bff.door(Probe)),
    path("", include(site)),
]
