"""Who belongs to an organization, through the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import memberships
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.api.shapes import MemberSerializer, RoleSerializer
from accounts.errors import StepUpRequired
from accounts.http import actor_of
from accounts.models import Role


class MemberList(APIView):
    """The members of one organization."""

    @extend_schema(
        operation_id="listMembers", parameters=PARAMETERS, responses=page_of(MemberSerializer)
    )
    def get(self, request: Request, slug: str) -> Response:
        """List them to a member, whoever joined first at the top."""
        own = memberships.standing(slug, Role.MEMBER, by=actor_of(request))
        everybody = memberships.listed_for(own.organization)
        page = paginate(everybody, request=request, order=("joined_at", "pk"))
        return page.answer(MemberSerializer)


class MemberDetail(APIView):
    """One member."""

    @extend_schema(
        operation_id="changeMemberRole", request=RoleSerializer, responses=MemberSerializer
    )
    def patch(self, request: Request, slug: str, user_id: str) -> Response:
        """Give them another role; an owner may. Who becomes an owner, or is one no longer, is
        decided in the browser.
        """
        actor = actor_of(request)
        own = memberships.standing(slug, Role.OWNER, by=actor)
        member = memberships.colleague(own, user_id)
        body = RoleSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        role = Role(body.validated_data["role"])
        with _in_the_browser(slug):
            changed = memberships.change_role(member, role, by=actor, now=timezone.now())
        return Response(MemberSerializer(changed).data)

    @extend_schema(operation_id="removeMember", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, user_id: str) -> Response:
        """Take them out: an admin may remove members, an owner admins, everybody themselves."""
        actor = actor_of(request)
        own = memberships.standing(slug, Role.MEMBER, by=actor)
        with _in_the_browser(slug):
            memberships.remove(memberships.colleague(own, user_id), by=actor, now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


class Leaving(APIView):
    """The end of one's own membership."""

    @extend_schema(operation_id="leaveOrganization", request=None, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        """Leave; owners do it in the browser, and the last one not at all."""
        actor = actor_of(request)
        own = memberships.standing(slug, Role.MEMBER, by=actor)
        with _in_the_browser(slug):
            memberships.remove(own, by=actor, now=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


@contextmanager
def _in_the_browser(slug: str) -> Iterator[None]:
    """Name the page where a person does what a token may not."""
    try:
        yield
    except StepUpRequired as refusal:
        raise StepUpRequired(reverse("organization_members", args=[slug])) from refusal
