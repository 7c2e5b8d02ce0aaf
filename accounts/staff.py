"""Who works here: staff may look into the admin, superusers may do everything in it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.log import record


@transaction.atomic
def appoint(user: User, *, as_superuser: bool, by: Actor, now: datetime) -> bool:
    """Make somebody staff, or a superuser; tell whether that changed anything.

    Their sessions end, so that the new rights begin with a new sign-in.
    """
    if not _set_rights(user, is_staff=True, is_superuser=as_superuser):
        return False
    record(
        Action.STAFF_APPOINTED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"superuser": as_superuser},
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


def _set_rights(user: User, **rights: bool) -> bool:
    changed = (
        User.objects.filter(pk=user.pk, is_active=True)
        .exclude(**rights)
        .update(**rights, session_epoch=F("session_epoch") + 1)
    )
    return bool(changed)
