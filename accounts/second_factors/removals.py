"""Second factors that go: by their person, or by an operator for somebody who has lost them all."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F

from accounts.actor import Actor
from accounts.models import User
from accounts.second_factors import notices
from accounts.second_factors.owned import FactorKind, has_second_factor
from audit.actions import Action
from audit.log import record


def remove_app(*, by: Actor, now: datetime) -> bool:
    """Remove the person's authenticator app, and tell whether they had one.

    Raises StepUpRequired.
    """
    return _remove(
        FactorKind.APP,
        "the authenticator app was removed.",
        by=by,
        now=now,
        type=Authenticator.Type.TOTP,
    )


def remove_passkey(public_id: str, *, by: Actor, now: datetime) -> bool:
    """Remove one passkey of the person, and tell whether it was theirs; raises StepUpRequired."""
    return _remove(
        FactorKind.PASSKEY,
        "a passkey was removed.",
        by=by,
        now=now,
        type=Authenticator.Type.WEBAUTHN,
        data__public_id=public_id,
    )


@transaction.atomic
def reset(user: User, *, by: Actor, now: datetime) -> int:
    """Remove everything somebody has, end their sessions; return how many factors there were.

    For a person who has lost all of them and whom an operator knows to be that person.
    """
    User.objects.select_for_update().get(pk=user.pk)
    rows = Authenticator.objects.filter(user=user)
    count: int = rows.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    if not rows.delete()[0]:
        return 0
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    record(
        Action.SECOND_FACTOR_RESET,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"factors": count},
    )
    told = "an operator of this site has removed all your second factors."
    notices.tell(user, told, origin=by.origin, now=now)
    return count


@transaction.atomic
def _remove(kind: FactorKind, told: str, *, by: Actor, now: datetime, **which: Any) -> bool:
    user = by.require_step_up()
    User.objects.select_for_update().get(pk=user.pk)
    if not Authenticator.objects.filter(user=user, **which).delete()[0]:
        return False
    is_on = has_second_factor(user)
    if not is_on:
        # Codes recover a factor; without one they would be a factor that nobody sees.
        Authenticator.objects.filter(user=user).delete()
    record(
        Action.SECOND_FACTOR_REMOVED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"kind": kind, "is_last": not is_on},
    )
    ending = "" if is_on else " It was the last one: two-step verification is off."
    notices.tell(user, told + ending, origin=by.origin, now=now)
    return True
