"""The browsers somebody is signed in with."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import browser, sessions, user_agent
from accounts.actor import Actor
from accounts.http import MogRequest, actor_of
from accounts.models import WebSession
from accounts.step_up import signed_in_required


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session as its person sees it; the credential it acts through stays out of the page."""

    public_id: str
    is_current: bool
    browser: str
    ip: str
    began_at: datetime
    last_seen_at: datetime


@never_cache
@require_GET
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """Show every live session of the person, this browser's own first."""
    actor = actor_of(request)
    live = WebSession.objects.listed_for(actor.require_user(), now=timezone.now())
    rows = [_row(web_session, actor) for web_session in live]
    rows.sort(key=lambda row: not row.is_current)
    return render(request, "accounts/sessions.html", {"sessions": rows})


@require_POST
@signed_in_required
def end(request: MogRequest, public_id: str) -> HttpResponse:
    """End one session; ending this browser's own is signing out."""
    actor, now = actor_of(request), timezone.now()
    live = WebSession.objects.listed_for(actor.require_user(), now=now)
    web_session = get_object_or_404(live, public_id=public_id)
    if web_session.credential == actor.credential:
        browser.sign_out(request)
        return redirect("sign_in")
    sessions.end(web_session, by=actor, now=now)
    return redirect("sessions")


@require_POST
@signed_in_required
def end_others(request: MogRequest) -> HttpResponse:
    """End every session but this browser's."""
    sessions.end_others(by=actor_of(request), now=timezone.now())
    return redirect("sessions")


def _row(web_session: WebSession, actor: Actor) -> Row:
    credential = web_session.credential
    return Row(
        public_id=web_session.public_id,
        is_current=credential == actor.credential,
        browser=user_agent.summary(web_session.user_agent),
        ip=web_session.ip,
        began_at=credential.created_at,
        last_seen_at=credential.last_used_at or credential.created_at,
    )
