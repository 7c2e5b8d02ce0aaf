"""Somebody proves a second factor: guesses are counted, refusals recorded, nothing is taken twice.

A code is counted before it is looked at, so parallel guesses cannot outrun the count. It is counted
for the account: whoever guesses has already passed its provider, from wherever they come.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.actor import Actor
from accounts.counter import Counter
from accounts.errors import CodeEntryLocked, PasskeyRefused, WrongCode
from accounts.models import User
from accounts.second_factors import authenticator_app, notices, passkeys, recovery_codes
from accounts.second_factors.authenticator_app import Outcome
from accounts.second_factors.owned import FactorKind
from audit.actions import Action
from audit.refusals import record_refusal

_APP_CODE = re.compile(r"[0-9]{6}")
_RECOVERY_CODE = re.compile(r"[0-9]{10}")
_SEPARATORS = re.compile(r"[ \t-]")
# Beyond any code with its separators; the rest is nobody's typing.
_TYPED_AT_MOST = 40


def by_code(typed: str, *, by: Actor, now: datetime, takes_recovery_codes: bool) -> FactorKind:
    """Return what kind of code the acting person has typed; it is used up.

    Raises SignInRequired, WrongCode or CodeEntryLocked.
    """
    user = by.require_user()
    entries = Counter(f"second-factor-codes:{user.public_id}", settings.SECOND_FACTOR_LOCK)
    used = entries.count()
    if used > settings.SECOND_FACTOR_ATTEMPTS:
        _refuse(FactorKind.APP, "locked", by=by, now=now)
        raise CodeEntryLocked(retry_after=settings.SECOND_FACTOR_LOCK)
    code = digits_of(typed)
    outcome = Outcome.WRONG
    if _APP_CODE.fullmatch(code):
        outcome = authenticator_app.check(code, user=user, now=now)
    elif takes_recovery_codes and _RECOVERY_CODE.fullmatch(code):
        is_one = recovery_codes.redeem(code, by=by, now=now)
        outcome = Outcome.ACCEPTED if is_one else Outcome.WRONG
    if outcome is Outcome.ACCEPTED:
        entries.forget()
        return FactorKind.APP if _APP_CODE.fullmatch(code) else FactorKind.RECOVERY_CODE
    kind = FactorKind.RECOVERY_CODE if _RECOVERY_CODE.fullmatch(code) else FactorKind.APP
    _refuse(kind, outcome.value, by=by, now=now)
    if used == settings.SECOND_FACTOR_ATTEMPTS:
        # The lock lasts from the last wrong code, not from the first.
        entries.prolong()
        _warn(user, by=by, now=now)
    raise WrongCode(attempts_left=settings.SECOND_FACTOR_ATTEMPTS - used)


def by_passkey(
    answer: str, *, state: Mapping[str, Any] | None, by: Actor, now: datetime
) -> FactorKind:
    """Take a passkey of the acting person; raises SignInRequired or PasskeyRefused.

    Nobody guesses a signature, so a locked account still opens by passkey.
    """
    try:
        passkeys.check(answer, user=by.require_user(), state=state, now=now)
    except PasskeyRefused as refusal:
        _refuse(FactorKind.PASSKEY, refusal.reason, by=by, now=now)
        raise
    return FactorKind.PASSKEY


def digits_of(typed: str) -> str:
    """Return a code without what people put between its digits; nothing for what is too long."""
    return _SEPARATORS.sub("", typed) if len(typed) <= _TYPED_AT_MOST else ""


def _refuse(kind: FactorKind, reason: str, *, by: Actor, now: datetime) -> None:
    record_refusal(
        Action.SECOND_FACTOR_REFUSED,
        by=by.who,
        now=now,
        source=by.origin.ip,
        data={"kind": kind, "reason": reason},
    )


@transaction.atomic
def _warn(user: User, *, by: Actor, now: datetime) -> None:
    told = "several wrong codes were typed, so codes are locked for a while."
    notices.tell(user, told, origin=by.origin, now=now)
