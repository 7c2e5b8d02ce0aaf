"""Organizations: the list, members, invitations, the end of one."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import Role, User
from tests import money
from tests.factories.accounts import InvitationFactory, UserFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.gallery.visit import Visit
from tests.organizations import Team

_LONG_SLUG = "a-very-long-name-of-an-organization-xyz"


def _team(user: User, role: Role = Role.OWNER) -> Team:
    """Return an organization with the longest of everything, and people in it."""
    team = Team(_LONG_SLUG)
    team.organization.name = "W" * 80
    team.organization.save(update_fields=["name"])
    team.joined(role, user)
    long: User = UserFactory.create(username="x" * 39, display_name="Margarethe " * 7)
    team.joined(Role.OWNER, long)
    team.joined(Role.ADMIN)
    team.joined(Role.MEMBER)
    return team


def _as(role: Role, page: str = "") -> Callable[[Visit], None]:
    """Return how to open a page of an organization in a role."""

    def show(visit: Visit) -> None:
        user = visit.sign_in()
        team = _team(user, role)
        if role != Role.MEMBER:
            made = {"organization": team.organization, "invited_by": user}
            InvitationFactory.create(email=f"{'y' * 60}@{'z' * 60}.example.com", **made)
            InvitationFactory.create(role=Role.ADMIN, **made)
        visit.page.goto(f"/orgs/{_LONG_SLUG}{page}")

    return show


def _empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/orgs")


def _list(visit: Visit) -> None:
    user = visit.sign_in()
    _team(user)
    Team("acme").joined(Role.MEMBER, user)
    visit.page.goto("/orgs")


def _new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/orgs/new")


def _new_taken(visit: Visit) -> None:
    _new(visit)
    visit.page.get_by_label("Name in addresses and commands").fill("admin")
    visit.page.get_by_label("Name", exact=True).fill("Acme")
    visit.press("Create organization")


def _members_removing(visit: Visit) -> None:
    _as(Role.OWNER, "/members")(visit)
    visit.page.locator(".confirm summary").last.click()


def _role(visit: Visit) -> None:
    _as(Role.OWNER, "/members")(visit)
    visit.follow("Change role")


def _role_of_the_only_owner(visit: Visit) -> None:
    user = visit.sign_in()
    Team("acme").joined(Role.OWNER, user)
    visit.page.goto(f"/orgs/acme/members/{user.public_id}")
    visit.page.get_by_role("radio", name="Member:").check()
    visit.press("Save")


def _no_invitations(visit: Visit) -> None:
    user = visit.sign_in()
    Team("acme").joined(Role.OWNER, user)
    visit.page.goto("/orgs/acme/invitations")


def _invited_twice(visit: Visit) -> None:
    _no_invitations(visit)
    for _ in range(2):
        visit.page.get_by_label("E-mail address").fill("ursula@example.com")
        visit.press("Send invitation")


def _deletion_blocked(visit: Visit) -> None:
    user = visit.sign_in()
    team = _team(user)
    money.fill(team.organization, 499)
    vendor = VendorFactory.create(user=None, organization=team.organization)
    ListingFactory.create(vendor=vendor)
    visit.page.goto(f"/orgs/{_LONG_SLUG}/delete")


def _deletion_mistyped(visit: Visit) -> None:
    _as(Role.OWNER, "/delete")(visit)
    visit.page.get_by_label("Its name").fill("acme")
    visit.press("Delete this organization")


def _invited(visit: Visit) -> None:
    user = visit.sign_in()
    team = Team(_LONG_SLUG)
    team.organization.name = "W" * 80
    team.organization.save(update_fields=["name"])
    InvitationFactory.create(organization=team.organization, email=user.email, token="link")
    visit.page.goto("/invites/link")


def _joined(visit: Visit) -> None:
    _invited(visit)
    visit.press("Join")


def _declined(visit: Visit) -> None:
    _invited(visit)
    visit.press("Decline")


def _invited_elsewhere(visit: Visit) -> None:
    visit.sign_in()
    InvitationFactory.create(token="link")
    visit.page.goto("/invites/link")


def _invitation_lapsed(visit: Visit) -> None:
    user = visit.sign_in()
    then = timezone.now() - timedelta(days=8)
    InvitationFactory.create(email=user.email, token="link", created_at=then)
    visit.page.goto("/invites/link")


PAGES: dict[str, Callable[[Visit], None]] = {
    "organizations-empty": _empty,
    "organizations": _list,
    "organization-new": _new,
    "organization-new-taken": _new_taken,
    "organization": _as(Role.OWNER),
    "organization-as-member": _as(Role.MEMBER),
    "organization-members": _members_removing,
    "organization-members-as-member": _as(Role.MEMBER, "/members"),
    "organization-role": _role,
    "organization-role-of-the-only-owner": _role_of_the_only_owner,
    "organization-invitations": _as(Role.OWNER, "/invitations"),
    "organization-invitations-as-admin": _as(Role.ADMIN, "/invitations"),
    "organization-invitations-as-member": _as(Role.MEMBER, "/invitations"),
    "organization-invitations-empty": _no_invitations,
    "organization-invited-twice": _invited_twice,
    "organization-settings": _as(Role.OWNER, "/settings"),
    "organization-delete": _as(Role.OWNER, "/delete"),
    "organization-delete-mistyped": _deletion_mistyped,
    "organization-delete-blocked": _deletion_blocked,
    "invitation": _invited,
    "invitation-joined": _joined,
    "invitation-declined": _declined,
    "invitation-elsewhere": _invited_elsewhere,
    "invitation-lapsed": _invitation_lapsed,
}
