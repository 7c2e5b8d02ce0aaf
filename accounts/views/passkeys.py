"""Passkeys in the settings: added, renamed, removed."""

import json
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import PasskeyRefused, StaleForm
from accounts.forms import PasskeyNameForm
from accounts.http import MogRequest, actor_of, throttled
from accounts.second_factors import owned, passkeys, removals
from accounts.second_factors.owned import Passkey
from accounts.step_up import signed_in_required, step_up_required
from accounts.views.two_step import finished

_CEREMONY = "passkey_addition"
_REFUSED = "The browser's answer was not accepted. Try again, or use another passkey."
_TOO_MANY = "You have as many passkeys as an account can have. Remove one first."


@throttled("auth")
@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
@sensitive_variables("codes")
def create(request: MogRequest) -> HttpResponse:
    """Ask for a name and the browser for a passkey; keep what it has made."""
    if request.method == "GET":
        return _form(request, PasskeyNameForm())
    state = request.session.pop(_CEREMONY, None)
    form = PasskeyNameForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        codes = passkeys.add(
            request.POST.get("passkey", ""),
            form.cleaned_data["name"],
            state=state,
            by=actor_of(request),
            now=timezone.now(),
        )
    except (PasskeyRefused, StaleForm) as error:
        form.add_error(None, _REFUSED if isinstance(error, PasskeyRefused) else _TOO_MANY)
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return finished(request, codes)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def rename(request: MogRequest, public_id: str) -> HttpResponse:
    """Give one passkey another name."""
    passkey = _own(request, public_id)
    if request.method == "GET":
        return _rename(request, passkey, PasskeyNameForm(initial={"name": passkey.name}))
    form = PasskeyNameForm(request.POST)
    if not form.is_valid():
        return _rename(request, passkey, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name = form.cleaned_data["name"]
    passkeys.rename(public_id, name, by=actor_of(request), now=timezone.now())
    return redirect("two_step")


@require_POST
@step_up_required
def remove(request: MogRequest, public_id: str) -> HttpResponse:
    """Remove one passkey."""
    if not removals.remove_passkey(public_id, by=actor_of(request), now=timezone.now()):
        raise Http404
    return redirect("two_step")


def _own(request: MogRequest, public_id: str) -> Passkey:
    for passkey in owned.owned_by(actor_of(request).require_user()).passkeys:
        if passkey.public_id == public_id:
            return passkey
    raise Http404


def _form(
    request: MogRequest, form: PasskeyNameForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    ceremony = passkeys.begin_addition(by=actor_of(request), now=timezone.now())
    request.session[_CEREMONY] = ceremony.state
    context = {"form": form, "passkey_options": json.dumps(ceremony.options)}
    return render(request, "accounts/passkey_new.html", context, status=status)


def _rename(
    request: MogRequest,
    passkey: Passkey,
    form: PasskeyNameForm,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"form": form, "passkey": passkey}
    return render(request, "accounts/passkey_rename.html", context, status=status)
