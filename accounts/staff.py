"""Who works here: members of a group of staff may do what it may, superusers everything."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import F

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.log import record


@transaction.atomic
def appoint(
    user: User, *, as_superuser: bool = False, group: str = "", by: Actor, now: datetime
) -> bool:
    """Make somebody staff, of a group of `settings.STAFF_GROUPS` or a superuser; tell if it is new.

    Their sessions end, so that the new rights begin with a new sign-in.
    """
    is_new_there = bool(group) and not user.groups.filter(name=group).exists()
    if not _set_rights(user, is_forced=is_new_there, is_staff=True, is_superuser=as_superuser):
        return False
    if is_new_there:
        _join(user, group)
    record(
        Action.STAFF_APPOINTED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"superuser": as_superuser} | ({"group": group} if group else {}),
    )
    return True


@transaction.atomic
def dismiss(user: User, *, by: Actor, now: datetime) -> bool:
    """Take all rights of staff from somebody; tell whether they had any.

    Their sessions end at once, and they leave every group.
    """
    user.groups.clear()
    if not _set_rights(user, is_staff=False, is_superuser=False):
        return False
    record(Action.STAFF_DISMISSED, by=by.who, now=now, subject=f"user:{user.public_id}")
    return True


def _join(user: User, name: str) -> None:
    """Put somebody into one group and out of every other."""
    group, is_new = Group.objects.get_or_create(name=name)
    if is_new:
        group.permissions.set(_permissions(settings.STAFF_GROUPS[name]))
    user.groups.set([group])


def _permissions(names: Iterable[str]) -> list[Permission]:
    """Return permissions by their names, `app.codename`; raises DoesNotExist."""
    parts = (name.split(".") for name in names)
    return [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in parts
    ]


def _set_rights(user: User, *, is_forced: bool = False, **rights: bool) -> bool:
    """Set columns and end sessions where that changes anything, or is forced to."""
    rows = User.objects.filter(pk=user.pk, is_active=True)
    if not is_forced:
        rows = rows.exclude(**rights)
    return bool(rows.update(**rights, session_epoch=F("session_epoch") + 1))
