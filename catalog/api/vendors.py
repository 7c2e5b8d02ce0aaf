"""Vendors through the API."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.http import actor_of, public_read
from accounts.scopes import Scope
from catalog import vendors
from catalog.api.shapes import NewVendorSerializer, VendorSerializer
from catalog.models import Vendor
from catalog.vendors import Profile


class VendorList(APIView):
    """Those the actor sells under."""

    @extend_schema(
        operation_id="openVendor", request=NewVendorSerializer, responses=VendorSerializer
    )
    def post(self, request: Request) -> Response:
        """Take a name and sell under it."""
        actor = actor_of(request)
        actor.require_scope(Scope.SELL)
        wanted = NewVendorSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        said = dict(wanted.validated_data)
        slug = said.pop("slug")
        vendor = vendors.open_vendor(
            slug=slug, profile=Profile(**said), by=actor, now=timezone.now()
        )
        return Response(VendorSerializer(vendor).data, status=HTTPStatus.CREATED)


@public_read
class VendorDetail(APIView):
    """One vendor."""

    @extend_schema(operation_id="getVendor", responses=VendorSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Show it."""
        return Response(VendorSerializer(get_object_or_404(Vendor, slug=slug)).data)
