"""The browser's half of a web session: what its server-side session holds, and who that is."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, login, logout
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import oauth_state, sessions, tokens
from accounts.actor import Actor
from accounts.http import MogRequest, actor_of, origin_of
from accounts.models import Credential, User
from audit.who import Origin

_BACKEND = "accounts.backends.ProviderBackend"
_CREDENTIAL = "credential"
_PROVEN_AT = "proven_at"
_REFRESHED_AT = "refreshed_at"
_OAUTH_BINDING = "oauth_binding"
# The idle expiry moves at most this often: a write a day instead of one a request.
_REFRESH_EVERY = timedelta(days=1)


def sign_in(request: MogRequest, user: User, *, provider: str, second_factor: str = "") -> None:
    """Let a user in under a new session key, with an internal credential of its own.

    second_factor: the kind that was proven besides; callers have asked whoever has one.
    """
    now = timezone.now()
    sign_out(request)
    origin = origin_of(request)
    web_session = sessions.begin(
        user, provider=provider, second_factor=second_factor, origin=origin, now=now
    )
    login(request, user, backend=_BACKEND)
    request.session[_CREDENTIAL] = web_session.credential.public_id
    request.session[_REFRESHED_AT] = now.timestamp()
    request.session[_PROVEN_AT] = now.timestamp()
    request.actor = Actor.of(web_session.credential, origin=origin, stepped_up=True)


def sign_out(request: MogRequest) -> None:
    """End the browser's session on the server, if somebody is signed in with it."""
    actor = actor_of(request)
    if actor.credential is None:
        return
    sessions.sign_out(by=actor, now=timezone.now())
    logout(request)
    request.actor = Actor.anonymous(origin=origin_of(request))


def prove(request: MogRequest, *, now: datetime) -> None:
    """Remember that the person proved their identity just now; the session gets a new key."""
    request.session.cycle_key()
    request.session[_PROVEN_AT] = now.timestamp()


def oauth_binding(session: SessionBase) -> str:
    """Return the value that ties OAuth states to this browser, or nothing."""
    binding: str = session.get(_OAUTH_BINDING, "")
    return binding


def ensure_oauth_binding(session: SessionBase) -> str:
    """Return that value, made when there is none."""
    if not oauth_binding(session):
        session[_OAUTH_BINDING] = oauth_state.new_binding()
    return oauth_binding(session)


def actor_of_session(session: SessionBase, *, origin: Origin, now: datetime) -> Actor:
    """Return who acts by a session: nobody, unless its credential lives.

    A session whose credential is dead, or whose user's epoch has moved on, is flushed. One query.
    """
    public_id = session.get(_CREDENTIAL)
    if public_id is None:
        return Actor.anonymous(origin=origin)
    credential = sessions.credential_of(public_id, now=now)
    if credential is None or not _is_of_this_epoch(session, credential):
        session.flush()
        return Actor.anonymous(origin=origin)
    _refresh(session, now=now)
    proven_at = datetime.fromtimestamp(session.get(_PROVEN_AT, 0), tz=UTC)
    is_stepped_up = now - proven_at < settings.STEP_UP_LIFETIME
    actor = Actor.of(credential, origin=origin, stepped_up=is_stepped_up)
    tokens.note_use(credential, by=actor, now=now)
    return actor


def _is_of_this_epoch(session: SessionBase, credential: Credential) -> bool:
    expected = credential.user.get_session_auth_hash()
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), expected)


def _refresh(session: SessionBase, *, now: datetime) -> None:
    refreshed_at = datetime.fromtimestamp(session.get(_REFRESHED_AT, 0), tz=UTC)
    if now - refreshed_at > _REFRESH_EVERY:
        session[_REFRESHED_AT] = now.timestamp()
