"""Between a provider's word and a second factor: who that is stands in the server's session.

Nobody is signed in yet: there is no credential, and no page but the one that asks opens.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from accounts.actor import Actor
from accounts.models import User
from audit.who import ActorKind, Origin

LIFETIME = timedelta(minutes=10)
_KEY = "half_signed_in"


@dataclass(frozen=True, slots=True)
class HalfSignedIn:
    """Somebody a provider has vouched for, and where they go on to."""

    user: User
    provider: str
    next_path: str

    def actor(self, *, origin: Origin) -> Actor:
        """Return who proves a second factor: the person, with no credential and no scope."""
        return Actor(kind=ActorKind.USER, user=self.user, origin=origin)


def hold(session: SessionBase, user: User, *, provider: str, next_path: str, now: datetime) -> None:
    """Remember somebody until their second factor is proven; the session gets a new key."""
    session.cycle_key()
    session[_KEY] = {
        "user": user.public_id,
        "epoch": user.session_epoch,
        "provider": provider,
        "next": next_path,
        "until": (now + LIFETIME).timestamp(),
    }


def of(session: SessionBase, *, now: datetime) -> HalfSignedIn | None:
    """Return who is waited for: nobody when time is up, or the account was closed meanwhile."""
    held = session.get(_KEY)
    if held is None or now.timestamp() > held["until"]:
        return None
    user = User.objects.filter(
        public_id=held["user"], session_epoch=held["epoch"], is_active=True
    ).first()
    return HalfSignedIn(user, held["provider"], held["next"]) if user else None


def forget(session: SessionBase) -> None:
    """Wait no longer."""
    session.pop(_KEY, None)
