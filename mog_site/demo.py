"""The people of a development machine: someone who sells, someone who buys, two of staff."""

from datetime import datetime

from django.db import transaction

from accounts import signup, staff
from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin

SELLER, BUYER, ADMIN = "demo-seller", "demo-buyer", "demo-admin"
# Taking a package out for good needs a second person.
MODERATOR = "demo-moderator"


def ensure_people(*, now: datetime) -> dict[str, User]:
    """Return the demo people by username, registering those who are not there yet."""
    people = {name: _person(name, now=now) for name in (SELLER, BUYER, ADMIN, MODERATOR)}
    staff.appoint(people[ADMIN], as_superuser=True, by=Actor.system(), now=now)
    staff.appoint(people[MODERATOR], group="moderator", by=Actor.system(), now=now)
    return people


@transaction.atomic
def _person(username: str, *, now: datetime) -> User:
    known = User.objects.filter(username=username).first()
    if known:
        return known
    profile = signup.Profile(
        wanted_name=username,
        display_name=username.replace("-", " ").capitalize(),
        email=f"{username}@example.com",
        avatar_url="",
    )
    return signup.register(profile, origin=Origin(), now=now)
