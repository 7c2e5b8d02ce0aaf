"""A device that asks to be let in, over the test client or the wire."""

from datetime import datetime

from django.utils import timezone

from accounts import device_flow, tokens
from accounts.actor import Actor
from accounts.device_flow import Decision, StartedGrant
from accounts.errors import InvalidDeviceCode
from accounts.models import Credential, DeviceGrant, User
from accounts.models.credential import MAXIMUM_LIFETIME
from accounts.scopes import Scope
from audit.who import Origin

CLIENT_ID = "mog-cli"
DEVICE = Actor.anonymous(origin=Origin(request_id="req-1", ip="203.0.113.9", user_agent="mog/1.0"))


def started(now: datetime, *scopes: Scope) -> StartedGrant:
    """Open a request, for the scope read unless others are named."""
    return device_flow.start(
        client_id=CLIENT_ID, scopes=frozenset(scopes or {Scope.READ}), by=DEVICE, now=now
    )


def grant_of(grant: StartedGrant) -> DeviceGrant:
    """Return the row of a request."""
    return DeviceGrant.objects.get(user_code=grant.user_code.replace("-", ""))


def person(user: User, *, stepped_up: bool = True) -> Actor:
    """Return a user at a browser."""
    session = tokens.issue_internal(user, now=timezone.now())
    origin = Origin(request_id="req-2", ip="192.0.2.7", user_agent="Firefox/152.0 Linux")
    return Actor.of(session, origin=origin, stepped_up=stepped_up)


def fetched(grant: StartedGrant) -> Credential | None:
    """Let the device fetch its token, which gives none where nobody lets it in any more."""
    return fetched_by(grant.device_code)


def fetched_by(device_code: str) -> Credential | None:
    """Do the same for whoever knows no more than the code."""
    try:
        polled = device_flow.poll(device_code, client_id=CLIENT_ID, by=DEVICE, now=timezone.now())
    except InvalidDeviceCode:
        return None
    return polled.issued.credential if polled.issued else None


def approve(grant: StartedGrant, user: User, now: datetime, *scopes: Scope) -> None:
    """Let the device in as a user, for everything it asked unless scopes are named."""
    row = grant_of(grant)
    decision = Decision(
        scopes=frozenset(scopes) or row.requested_scopes, token_lifetime=MAXIMUM_LIFETIME
    )
    device_flow.approve(row, decision, by=person(user), now=now)
