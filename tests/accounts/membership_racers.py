"""What members do at the same moment (`tests.racing`)."""

from django.utils import timezone

from accounts import invitations, memberships
from accounts.errors import AccountsError
from accounts.models import Invitation, Membership, Role, User
from tests import devices
from tests.devices import person


def leave_or_step_down(number: int, members: str) -> str:
    """Go, or become a member, as the owner of that number; return what came of it."""
    member = Membership.objects.select_related("organization", "user").get(
        pk=int(members.split()[number])
    )
    by, now = person(member.user), timezone.now()
    try:
        if number % 2:
            memberships.change_role(member, Role.MEMBER, by=by, now=now)
        else:
            memberships.remove(member, by=by, now=now)
    except AccountsError as error:
        return type(error).__name__
    return "gone"


def accept(_number: int, invitation: str) -> str:
    """Accept one invitation; return which membership came of it."""
    row = Invitation.objects.select_related("organization").get(pk=int(invitation))
    user = User.objects.get(email=row.email)
    return str(invitations.accept(row, by=person(user), now=timezone.now()).pk)


def fetch_or_remove(number: int, owner: str, members: str, codes: str) -> str:
    """Fetch the token of a device as every second caller, take its person out as the others."""
    pair = number // 2
    if number % 2:
        fetched = devices.fetched_by(codes.split()[pair])
        return "fetched" if fetched else "nothing"
    member = Membership.objects.select_related("organization", "user").get(
        pk=int(members.split()[pair])
    )
    memberships.remove(member, by=person(User.objects.get(pk=int(owner))), now=timezone.now())
    return "removed"
