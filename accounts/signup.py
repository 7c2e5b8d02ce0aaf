"""Registration: what every new account has from its first moment."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from accounts.models import SpendPolicy, User
from audit.actions import Action
from audit.log import record
from audit.who import ActorKind, Origin, Who

_USERNAME_LENGTH = 39
_DISPLAY_NAME_LENGTH = 80
_AVATAR_URL_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a provider tells about somebody new; `email` is a verified address, or empty."""

    wanted_name: str
    display_name: str
    email: str
    avatar_url: str


@transaction.atomic
def register(profile: Profile, *, origin: Origin, now: datetime) -> User:
    """Create an account; raises IntegrityError when somebody took its name or address meanwhile."""
    user = User.objects.create_user(
        free_username(profile.wanted_name),
        display_name=_plain(profile.display_name)[:_DISPLAY_NAME_LENGTH],
        email=profile.email,
        avatar_url=profile.avatar_url if _is_picture(profile.avatar_url) else "",
        created_at=now,
    )
    complete_registration(user, origin=origin, now=now)
    return user


def free_username(wanted: str) -> str:
    """Return `wanted` as a username nobody has: lower case, hyphens, a number when taken."""
    base = (
        re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:_USERNAME_LENGTH].rstrip("-")
        or "user"
    )
    taken = set(
        User.objects.filter(username__startswith=base[:30]).values_list("username", flat=True)
    )
    if base not in taken:
        return base
    stem = base[:30].rstrip("-")
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


@transaction.atomic
def complete_registration(user: User, *, origin: Origin, now: datetime) -> None:
    """Give a new account its default spend policy and its first audit row."""
    SpendPolicy.objects.create(user=user, name="Default", is_default=True, created_at=now)
    record(
        Action.ACCOUNT_CREATED,
        by=Who(kind=ActorKind.USER, user_id=user.public_id, origin=origin),
        now=now,
        subject=f"user:{user.public_id}",
        name=user.username,
        email=user.email,
    )


def _plain(text: str) -> str:
    """Return a text without control and direction characters, which would disguise a name."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _is_picture(url: str) -> bool:
    try:
        URLValidator(schemes=["https"])(url)
    except ValidationError:
        return False
    return url.isprintable() and len(url) <= _AVATAR_URL_LENGTH
