"""What every new second factor brings with it: an audit row, a mail, and with the first, more."""

from datetime import datetime

from accounts import sessions
from accounts.actor import Actor
from accounts.models import User
from accounts.second_factors import notices, recovery_codes
from accounts.second_factors.owned import FactorKind, has_second_factor
from audit.actions import Action
from audit.log import record

_TOLD = {
    FactorKind.APP: "an authenticator app was set up.",
    FactorKind.PASSKEY: "a passkey was added.",
}


def begin(user: User) -> bool:
    """Take turns with whatever else changes this person's factors; tell if this is the first."""
    User.objects.select_for_update().get(pk=user.pk)
    return not has_second_factor(user)


def complete(
    kind: FactorKind, *, is_first: bool, by: Actor, now: datetime, name: str = ""
) -> list[str]:
    """Finish an addition inside the caller's transaction; return the codes a first one brings.

    A first factor ends every other session: those began without one.
    name: what the person calls it; for their mail only, since it may be personal.
    """
    user = by.require_user()
    record(
        Action.SECOND_FACTOR_ADDED,
        by=by.who,
        now=now,
        subject=f"user:{user.public_id}",
        data={"kind": kind},
    )
    told = f"a passkey was added: {name}." if name else _TOLD[kind]
    notices.tell(user, told, origin=by.origin, now=now)
    if not is_first:
        return []
    sessions.end_others(by=by, now=now)
    return recovery_codes.issue(by=by, now=now)
