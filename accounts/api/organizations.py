"""Organizations through the API; what needs a present person is refused with the page for it."""

from http import HTTPStatus

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import memberships, organizations
from accounts.actor import Actor
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.api.shapes import (
    JoinedOrganizationSerializer,
    NewOrganizationSerializer,
    OrganizationChangeSerializer,
)
from accounts.errors import StepUpRequired
from accounts.http import actor_of
from accounts.models import Organization, Role
from accounts.scopes import Scope


class OrganizationList(APIView):
    """The organizations of whoever asks."""

    @extend_schema(
        operation_id="listOrganizations",
        parameters=PARAMETERS,
        responses=page_of(JoinedOrganizationSerializer),
    )
    def get(self, request: Request) -> Response:
        """List them, newest first; a token that acts for one sees that one."""
        page = paginate(organizations.listed_for(actor_of(request)), request=request)
        return page.answer(JoinedOrganizationSerializer)

    @extend_schema(
        operation_id="createOrganization",
        request=NewOrganizationSerializer,
        responses={201: JoinedOrganizationSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make one, and own it."""
        actor = actor_of(request)
        actor.require_scope(Scope.ORG)
        body = NewOrganizationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = organizations.create(**body.validated_data, by=actor, now=timezone.now())
        return _shown(made.organization, actor, status=HTTPStatus.CREATED)


class OrganizationDetail(APIView):
    """One of them."""

    @extend_schema(operation_id="getOrganization", responses=JoinedOrganizationSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Show it to a member."""
        actor = actor_of(request)
        own = memberships.standing(slug, Role.MEMBER, by=actor)
        return _shown(own.organization, actor)

    @extend_schema(
        operation_id="renameOrganization",
        request=OrganizationChangeSerializer,
        responses=JoinedOrganizationSerializer,
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Call it something else; needs an admin."""
        actor = actor_of(request)
        own = memberships.standing(slug, Role.ADMIN, by=actor)
        body = OrganizationChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        name: str = body.validated_data["name"]
        organizations.rename(own.organization, name, by=actor, now=timezone.now())
        return _shown(own.organization, actor)

    @extend_schema(operation_id="deleteOrganization", request=None, responses={403: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Refuse: an owner deletes it in the browser, where `details.stepUpUrl` leads."""
        memberships.standing(slug, Role.OWNER, by=actor_of(request))
        raise StepUpRequired(reverse("delete_organization", args=[slug]))


def _shown(organization: Organization, actor: Actor, *, status: int = HTTPStatus.OK) -> Response:
    row = get_object_or_404(organizations.listed_for(actor), pk=organization.pk)
    return Response(JoinedOrganizationSerializer(row).data, status=status)
