"""A person types the code that a device shows; guessing is counted and locked (RFC 8628 5.1).

An entry is counted before it is looked up, so parallel guesses cannot outrun the count. It is
counted for the account alone: a web session belongs to one account for all its life, so the lock
of an account is that of each of its sessions, and one number cannot disagree with itself.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from accounts import device_codes, mail
from accounts.actor import Actor
from accounts.counter import Counter
from accounts.errors import CodeEntryLocked, DeviceGrantClosed, WrongUserCode
from accounts.mail import Letter
from accounts.models import DeviceGrant
from audit.actions import Action
from audit.refusals import record_refusal

log = logging.getLogger("mog.alarm")

_ALARM_WINDOW = timedelta(hours=1)


def enter(typed: str, *, by: Actor, now: datetime) -> DeviceGrant:
    """Return the open request whose device shows this code.

    Raises SignInRequired, WrongUserCode, CodeEntryLocked, or DeviceGrantClosed when the code was
    one but is no longer.
    """
    entries = _entries(by)
    used = entries.count()
    if used > settings.DEVICE_CODE_ATTEMPTS:
        _refuse("locked", by=by, now=now)
        raise CodeEntryLocked(retry_after=settings.DEVICE_CODE_LOCK)
    user_code = device_codes.read(typed)
    grant = DeviceGrant.objects.filter(user_code=user_code).first() if user_code else None
    if grant is None:
        _note_wrong(entries, used=used, by=by, now=now)
        raise WrongUserCode(attempts_left=settings.DEVICE_CODE_ATTEMPTS - used)
    entries.take_back()
    if not DeviceGrant.objects.open(now=now).filter(pk=grant.pk).exists():
        raise DeviceGrantClosed
    return grant


def _entries(by: Actor) -> Counter:
    account = by.require_user().public_id
    return Counter(f"device-code-entries:account:{account}", settings.DEVICE_CODE_LOCK)


def _note_wrong(entries: Counter, *, used: int, by: Actor, now: datetime) -> None:
    if used == settings.DEVICE_CODE_ATTEMPTS:
        # The lock lasts from the last wrong entry, not from the first.
        entries.prolong()
    _refuse("wrong", by=by, now=now)
    _watch_the_site(now)


def _refuse(reason: str, *, by: Actor, now: datetime) -> None:
    record_refusal(
        Action.DEVICE_CODE_REFUSED,
        by=by.who,
        now=now,
        source=by.origin.ip,
        data={"reason": reason},
    )


def _watch_the_site(now: datetime) -> None:
    """Ring once an hour when codes are guessed from everywhere at once."""
    hour = f"device-code-entries:site:{now:%Y-%m-%dT%H}"
    if Counter(hour, _ALARM_WINDOW).count() != settings.DEVICE_CODE_ALARM + 1:
        return
    limit: int = settings.DEVICE_CODE_ALARM
    log.error("more than %d wrong device codes within an hour", limit)
    letter = Letter(
        template="code_guessing",
        subject="Many wrong device codes",
        facts={"limit": limit},
    )
    for operator in settings.OPERATOR_EMAILS:
        mail.send_on_commit(letter, to=operator)
