"""Who decides for a party, a person or an organization, and is told what becomes of what it has."""

from django.db.models import QuerySet

from accounts import mail
from accounts.mail import Letter
from accounts.models import Membership, Organization, Role, User


def deciders_of(party: User | Organization) -> QuerySet[User]:
    """Return the person, or the owners and admins of an organization, who may sign in."""
    people = User.objects.filter(is_active=True).order_by("pk")
    if isinstance(party, User):
        return people.filter(pk=party.pk)
    managers = Membership.objects.filter(
        organization=party,
        organization__deleted_at__isnull=True,
        role__in=Role.ADMIN.and_above(),
    )
    return people.filter(pk__in=managers.values("user"))


def addresses_of(party: User | Organization, *, rather: User | None = None) -> list[str]:
    """Return where to write to a person, or to everybody who decides for an organization.

    rather: who is told alone, as long as they belong to the organization and may sign in. A person
    is told of what is their own whether or not they may.
    """
    if isinstance(party, User):
        return [party.email]
    if rather is not None and belongs(rather, party):
        return [rather.email]
    return list(deciders_of(party).exclude(email="").values_list("email", flat=True))


def tell(party: User | Organization, letter: Letter, *, rather: User | None = None) -> None:
    """Send a letter to `addresses_of` a party once the caller's transaction stands."""
    for address in addresses_of(party, rather=rather):
        mail.send_on_commit(letter, to=address)


def belongs(user: User, organization: Organization) -> bool:
    """Tell whether an organization's affairs are still somebody's own, who may sign in."""
    return user.is_active and Membership.objects.of(user).filter(organization=organization).exists()
