"""The form that asks for a second factor, wherever it stands."""

import json
from datetime import datetime
from http import HTTPStatus
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from accounts.actor import Actor
from accounts.errors import CodeEntryLocked, PasskeyRefused, WrongCode
from accounts.http import MogRequest
from accounts.second_factors import owned, passkeys, proof
from accounts.second_factors.owned import FactorKind

_CEREMONY = "passkey_proof"
_REFUSALS = (WrongCode, CodeEntryLocked, PasskeyRefused)


def ask(
    request: MogRequest,
    template: str,
    *,
    by: Actor,
    now: datetime,
    error: Exception | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the form of a page, with why what came before it was refused."""
    user = by.require_user()
    ceremony = passkeys.begin_proof(user, now=now)
    if ceremony is not None:
        request.session[_CEREMONY] = ceremony.state
    has = owned.owned_by(user)
    context |= {
        "has_app": has.has_app,
        "has_codes": bool(has.codes_left),
        "passkey_options": json.dumps(ceremony.options) if ceremony else "",
        "error": _word(error),
        "wait_minutes": ceil(settings.SECOND_FACTOR_LOCK.total_seconds() / 60),
    }
    response = render(request, template, context, status=_status(error))
    if isinstance(error, CodeEntryLocked):
        response["Retry-After"] = str(ceil(error.retry_after.total_seconds()))
    return response


def prove(
    request: MogRequest, *, by: Actor, now: datetime, takes_recovery_codes: bool
) -> FactorKind | Exception:
    """Return which factor the sent form proves, or why it proves none."""
    state = request.session.pop(_CEREMONY, None)
    answer = request.POST.get("passkey", "")
    try:
        if answer:
            return proof.by_passkey(answer, state=state, by=by, now=now)
        typed = request.POST.get("code", "")
        return proof.by_code(typed, by=by, now=now, takes_recovery_codes=takes_recovery_codes)
    except _REFUSALS as refusal:
        return refusal


def _word(error: Exception | None) -> str:
    if isinstance(error, PasskeyRefused):
        return "passkey"
    if isinstance(error, CodeEntryLocked) or (
        isinstance(error, WrongCode) and not error.attempts_left
    ):
        return "locked"
    return "wrong" if error else ""


def _status(error: Exception | None) -> HTTPStatus:
    if error is None:
        return HTTPStatus.OK
    is_locked = isinstance(error, CodeEntryLocked)
    return HTTPStatus.LOCKED if is_locked else HTTPStatus.UNPROCESSABLE_ENTITY
