"""Sign somebody in for a test that is about what comes after."""

from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import browser
from accounts.actor import Actor
from accounts.http import MogRequest
from accounts.models import Organization, User
from audit.who import Origin

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0"


def sign_in(client: Client, user: User, *, proven_ago: timedelta = timedelta()) -> SessionStore:
    """Give the client a session of the user, as a sign-in does; return the server's side of it.

    proven_ago: how long ago the person proved who they are.
    """
    request = cast("MogRequest", RequestFactory().get("/"))
    request.session = SessionStore()
    request.origin = Origin(request_id="test", ip="192.0.2.7", user_agent=FIREFOX)
    request.actor = Actor.anonymous(origin=request.origin)
    browser.sign_in(request, user, provider="test")
    session = request.session
    session["proven_at"] = (timezone.now() - proven_ago).timestamp()
    session.save()
    assert session.session_key is not None
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return session


def acting_for(organization: Organization, user: User, **how: timedelta) -> Client:
    """Return the browser of somebody who acts for an organization; how: as `sign_in` takes it."""
    client = Client()
    sign_in(client, user, **how)
    client.post("/settings/acting", {"organization": organization.slug})
    return client
