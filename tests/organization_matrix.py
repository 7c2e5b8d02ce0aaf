"""Who may do what at every address of organizations: one row for each route and method.

A new route below `/orgs`, `/v1/orgs` or `/invites` needs its rows here, or
`tests/mog_site/test_organization_matrix.py` fails.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Invitation, Membership, Organization, Role
from tests.factories.accounts import InvitationFactory
from tests.organizations import Team

OWNER, ADMIN, MEMBER = Role.OWNER, Role.ADMIN, Role.MEMBER


@dataclass
class Scene:
    """An organization with two owners, somebody to act upon, and an open invitation."""

    team: Team = field(default_factory=Team)
    target: Membership = field(init=False)
    invitation: Invitation = field(init=False)

    def __post_init__(self) -> None:
        owner = self.team.joined(OWNER)
        self.team.joined(OWNER)
        self.target = self.team.joined(MEMBER)
        self.invitation = InvitationFactory.create(
            organization=self.organization, invited_by=owner.user
        )

    @property
    def organization(self) -> Organization:
        """Return the organization whose addresses are asked."""
        return self.team.organization


@dataclass(frozen=True, kw_only=True)
class Row:
    """The lowest role that may, and the status it is answered with.

    needs: None where the address names no organization, so that everybody who is signed in may.
    as_owner: the status for owners, where a present person has to do it.
    more: what the address names beside the organization. body: what is sent.
    """

    needs: Role | None
    answer: int = 200
    as_owner: int | None = None
    more: Callable[[Scene], Mapping[str, str]] = lambda _scene: {}
    body: Mapping[str, Any] = field(default_factory=dict)

    def status_for(self, role: Role) -> int:
        """Return what somebody of a role is answered who may."""
        return self.as_owner if self.as_owner and role == OWNER else self.answer


def _target(scene: Scene) -> Mapping[str, str]:
    return {"user_id": scene.target.user.public_id}


def _invitation(scene: Scene) -> Mapping[str, str]:
    return {"public_id": scene.invitation.public_id}


def _nobodys_link(_scene: Scene) -> Mapping[str, str]:
    return {"token": "nobodys"}


_NAMED = {"slug": "brand-new", "name": "Brand new"}
_RENAMED = {"name": "Renamed"}
_INVITED = {"email": "new@example.com", "role": "member"}

MATRIX: dict[tuple[str, str], Row] = {
    # pages
    ("organizations", "GET"): Row(needs=None),
    ("new_organization", "GET"): Row(needs=None),
    ("new_organization", "POST"): Row(needs=None, body=_NAMED, answer=302),
    ("organization", "GET"): Row(needs=MEMBER),
    ("organization_settings", "GET"): Row(needs=ADMIN),
    ("organization_settings", "POST"): Row(needs=ADMIN, body=_RENAMED, answer=302),
    ("leave_organization", "POST"): Row(needs=MEMBER, answer=302),
    ("organization_members", "GET"): Row(needs=MEMBER),
    ("organization_member", "GET"): Row(needs=OWNER, more=_target),
    ("organization_member", "POST"): Row(
        needs=OWNER, more=_target, body={"role": "admin"}, answer=302
    ),
    ("remove_organization_member", "POST"): Row(needs=ADMIN, more=_target, answer=302),
    ("organization_invitations", "GET"): Row(needs=ADMIN),
    ("organization_invitations", "POST"): Row(needs=ADMIN, body=_INVITED, answer=302),
    ("resend_invitation", "POST"): Row(needs=ADMIN, more=_invitation, answer=302),
    ("revoke_invitation", "POST"): Row(needs=ADMIN, more=_invitation, answer=302),
    ("delete_organization", "GET"): Row(needs=OWNER),
    ("delete_organization", "POST"): Row(needs=OWNER, body={"slug": "acme"}, answer=302),
    ("invitation", "GET"): Row(needs=None, more=_nobodys_link, answer=404),
    ("invitation", "POST"): Row(needs=None, more=_nobodys_link, answer=404),
    # API
    ("api_organizations", "GET"): Row(needs=None),
    ("api_organizations", "POST"): Row(needs=None, body=_NAMED, answer=201),
    ("api_organization", "GET"): Row(needs=MEMBER),
    ("api_organization", "PATCH"): Row(needs=ADMIN, body=_RENAMED),
    ("api_organization", "DELETE"): Row(needs=OWNER, answer=403),
    ("api_leave_organization", "POST"): Row(needs=MEMBER, answer=204, as_owner=403),
    ("api_members", "GET"): Row(needs=MEMBER),
    ("api_member", "PATCH"): Row(needs=OWNER, more=_target, body={"role": "admin"}),
    ("api_member", "DELETE"): Row(needs=ADMIN, more=_target, answer=204),
    ("api_invitations", "GET"): Row(needs=ADMIN),
    ("api_invitations", "POST"): Row(needs=ADMIN, body=_INVITED, answer=201),
    ("api_invitation", "DELETE"): Row(needs=ADMIN, more=_invitation, answer=204),
    ("api_resend_invitation", "POST"): Row(needs=ADMIN, more=_invitation),
}
