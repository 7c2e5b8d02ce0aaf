"""Invitations to an organization, through the API; accepting one is a person's, in a browser."""

from http import HTTPStatus

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import invitations, memberships
from accounts.api.pagination import PARAMETERS, page_of, paginate
from accounts.api.shapes import InvitationSerializer, NewInvitationSerializer
from accounts.http import actor_of
from accounts.models import Invitation, Role


class InvitationList(APIView):
    """The open invitations of one organization; for admins."""

    @extend_schema(
        operation_id="listInvitations",
        parameters=PARAMETERS,
        responses=page_of(InvitationSerializer),
    )
    def get(self, request: Request, slug: str) -> Response:
        """List those that can be accepted, newest first."""
        own = memberships.standing(slug, Role.ADMIN, by=actor_of(request))
        listed = Invitation.objects.listed_for(own.organization, now=timezone.now())
        return paginate(listed, request=request).answer(InvitationSerializer)

    @extend_schema(
        operation_id="createInvitation",
        request=NewInvitationSerializer,
        responses={201: InvitationSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        """Mail one; admins invite members, owners admins, too."""
        actor = actor_of(request)
        own = memberships.standing(slug, Role.ADMIN, by=actor)
        body = NewInvitationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = invitations.invite(
            own.organization,
            email=body.validated_data["email"],
            role=Role(body.validated_data["role"]),
            by=actor,
            now=timezone.now(),
        )
        return Response(InvitationSerializer(made).data, status=HTTPStatus.CREATED)


class InvitationDetail(APIView):
    """One of them."""

    @extend_schema(operation_id="revokeInvitation", request=None, responses={204: None})
    def delete(self, request: Request, slug: str, public_id: str) -> Response:
        """Take it back: its link opens nothing from now on."""
        actor, now = actor_of(request), timezone.now()
        invitation = invitations.open_one(slug, public_id, by=actor, now=now)
        invitations.revoke(invitation, by=actor, now=now)
        return Response(status=HTTPStatus.NO_CONTENT)


class Resending(APIView):
    """Another mail for one of them."""

    @extend_schema(operation_id="resendInvitation", request=None, responses=InvitationSerializer)
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """Mail a new link, good for seven days; the one before ends."""
        actor, now = actor_of(request), timezone.now()
        invitation = invitations.open_one(slug, public_id, by=actor, now=now)
        invitations.resend(invitation, by=actor, now=now)
        return Response(InvitationSerializer(invitation).data)
