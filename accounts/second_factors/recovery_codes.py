"""Recovery codes: ten, each good once, for whoever has lost every other second factor."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from accounts.actor import Actor
from accounts.errors import SecondFactorRequired
from accounts.models import User
from accounts.second_factors import notices
from accounts.second_factors.owned import has_second_factor
from audit.actions import Action
from audit.log import record


@transaction.atomic
def replace(*, by: Actor, now: datetime) -> list[str]:
    """Make new codes, which end the old ones; return them for the one page that shows them.

    Raises StepUpRequired, or SecondFactorRequired for an account that has nothing to recover.
    """
    user = by.require_step_up()
    User.objects.select_for_update().get(pk=user.pk)
    if not has_second_factor(user):
        raise SecondFactorRequired
    codes = issue(by=by, now=now)
    notices.tell(
        user,
        "new recovery codes were created, and the old ones have ended.",
        origin=by.origin,
        now=now,
    )
    return codes


def issue(*, by: Actor, now: datetime) -> list[str]:
    """Make new codes inside the caller's transaction, which holds the user's row."""
    user = by.require_user()
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    record(
        Action.RECOVERY_CODES_ISSUED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"count": len(codes)},
    )
    return [shown(code) for code in codes]


@transaction.atomic
def redeem(digits: str, *, by: Actor, now: datetime) -> bool:
    """Use up a code; tell whether it was one. Of two who bring the same, one gets in."""
    user = by.require_user()
    kind = Authenticator.Type.RECOVERY_CODES
    row = Authenticator.objects.select_for_update().filter(user=user, type=kind).first()
    if row is None or not row.wrap().validate_code(digits):
        return False
    Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
    row.refresh_from_db()
    left = len(row.wrap().get_unused_codes())
    record(
        Action.RECOVERY_CODE_USED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"left": left},
    )
    what = f"a recovery code was used to sign in. {left} {'is' if left == 1 else 'are'} left."
    notices.tell(user, what, origin=by.origin, now=now)
    return True


def shown(code: str) -> str:
    """Return a code as people read it: two groups of five digits."""
    return f"{code[:5]}-{code[5:]}"
