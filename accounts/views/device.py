"""Let a device in: type its code, compare, decide (RFC 8628 section 3.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import code_entry, device_codes, device_flow, user_agent
from accounts.device_flow import Decision
from accounts.errors import CodeEntryLocked, DeviceGrantClosed, WrongUserCode
from accounts.forms import GrantForm
from accounts.http import MogRequest, actor_of, throttled
from accounts.models import DeviceGrant, DeviceGrantState
from accounts.step_up import signed_in_required
from accounts.views.token_choices import choices_of

# The requests whose code was typed in this browser; others cannot be opened by a link.
_ENTERED = "entered_device_grants"
_ENTERED_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A request as the person who decides sees it."""

    public_id: str
    user_code: str
    client: str
    requested_at: datetime
    expires_at: datetime
    ip: str
    software: str


@throttled("auth")
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def enter(request: MogRequest) -> HttpResponse:
    """Ask for the code; a link may fill it in, but never skips what follows."""
    if request.method == "GET":
        typed = device_codes.read(request.GET.get("user_code", ""))
        return _ask(request, device_codes.shown(typed) if typed else "")
    typed = request.POST.get("user_code", "")
    if not typed.strip():
        return _ask(request, "", "empty", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        grant = code_entry.enter(typed, by=actor_of(request), now=timezone.now())
    except WrongUserCode as wrong:
        kind = "wrong" if wrong.attempts_left else "locked"
        return _ask(request, typed[:40], kind, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except CodeEntryLocked as lock:
        response = _ask(request, "", "locked", status=HTTPStatus.LOCKED, wait=lock.retry_after)
        response["Retry-After"] = str(int(lock.retry_after.total_seconds()))
        return response
    except DeviceGrantClosed:
        return _ask(request, "", "closed", status=HTTPStatus.GONE)
    entered = [*request.session.get(_ENTERED, []), grant.public_id]
    request.session[_ENTERED] = entered[-_ENTERED_AT_MOST:]
    return redirect("device_grant", grant.public_id)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def decide(request: MogRequest, public_id: str) -> HttpResponse:
    """Show what asks, for what and from where; approve or deny it; show how it stands after that.

    Approving asks for step-up before the choices are made, so that none is lost on the way.
    """
    grant = _entered_here(request, public_id)
    now = timezone.now()
    if grant.state != DeviceGrantState.PENDING or grant.has_lapsed(now=now):
        return _done(request, grant)
    if request.POST.get("decision") == "deny":
        return _settle(request, grant, None, now=now)
    actor_of(request).require_step_up()
    offered = grant.requested_scopes
    actor = actor_of(request)
    choices = choices_of(actor)
    if request.method == "GET":
        acting_for = actor.organization.slug if actor.organization else ""
        asked = {"scopes": list(offered), "organization": acting_for}
        return _show(request, grant, GrantForm(offered=offered, initial=asked, **choices))
    form = GrantForm(request.POST, offered=offered, **choices)
    if request.POST.get("decision") != "approve" or not form.is_valid():
        return _show(request, grant, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    chosen = Decision(
        scopes=form.cleaned_data["scopes"],
        token_lifetime=form.cleaned_data["lifetime"],
        spend_policy=form.cleaned_data["policy"],
        organization=form.cleaned_data["organization"],
    )
    return _settle(request, grant, chosen, now=now)


def _settle(
    request: MogRequest, grant: DeviceGrant, decision: Decision | None, *, now: datetime
) -> HttpResponse:
    """Approve, or deny without a decision to approve; a tab that was slower sees what stands."""
    try:
        if decision is None:
            device_flow.deny(grant, by=actor_of(request), now=now)
        else:
            device_flow.approve(grant, decision, by=actor_of(request), now=now)
    except DeviceGrantClosed:
        grant.refresh_from_db()
        return _done(request, grant, status=HTTPStatus.CONFLICT)
    return redirect("device_grant", grant.public_id)


def _entered_here(request: MogRequest, public_id: str) -> DeviceGrant:
    if public_id not in request.session.get(_ENTERED, []):
        raise Http404
    grant = DeviceGrant.objects.filter(public_id=public_id).first()
    if grant is None:
        raise Http404
    return grant


def _ask(
    request: MogRequest,
    user_code: str,
    error: str = "",
    *,
    status: HTTPStatus = HTTPStatus.OK,
    wait: timedelta = settings.DEVICE_CODE_LOCK,
) -> HttpResponse:
    context = {"user_code": user_code, "error": error, "wait_minutes": _minutes(wait)}
    return render(request, "accounts/device_enter.html", context, status=status)


def _show(
    request: MogRequest,
    grant: DeviceGrant,
    form: GrantForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"device": _device(grant), "form": form}
    return render(request, "accounts/device_confirm.html", context, status=status)


def _done(
    request: MogRequest, grant: DeviceGrant, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """Show how a request ended; who decided on it from another account stays untold."""
    is_theirs = grant.user == actor_of(request).user
    outcome = grant.state if is_theirs else "closed"
    context = {"device": _device(grant), "outcome": outcome}
    return render(request, "accounts/device_done.html", context, status=status)


def _minutes(wait: timedelta) -> int:
    return max(1, ceil(wait / timedelta(minutes=1)))


def _device(grant: DeviceGrant) -> Device:
    return Device(
        public_id=grant.public_id,
        user_code=device_codes.shown(grant.user_code),
        client=device_flow.client_name(grant.client_id),
        requested_at=grant.created_at,
        expires_at=grant.expires_at,
        ip=grant.requested_ip,
        software=user_agent.software(grant.requested_user_agent),
    )
