"""Two-step verification in the settings: its state, the authenticator app, recovery codes."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.errors import SecondFactorRequired, StaleForm, WrongCode
from accounts.forms import AppForm
from accounts.http import MogRequest, actor_of, throttled
from accounts.next_path import HOME, safe_next
from accounts.second_factors import (
    authenticator_app,
    encryption,
    owned,
    proof,
    recovery_codes,
    removals,
)
from accounts.step_up import signed_in_required, step_up_required

# What the server's session keeps between two pages; the secret encrypted, as rows keep it.
_SECRET = "app_secret"  # noqa: S105 (the name of it)
_GO_ON = "after_two_step"


@never_cache
@require_GET
@signed_in_required
def overview(request: MogRequest) -> HttpResponse:
    """Show what the person has, and what they may do about it."""
    if "next" in request.GET:
        # Led here from a page that needs a second factor: it is offered again at the end.
        request.session[_GO_ON] = safe_next(request.GET["next"])
    has = owned.owned_by(actor_of(request).require_user())
    context = {"owned": has, "is_needed": request.session.get(_GO_ON, HOME) != HOME}
    return render(request, "accounts/two_step.html", context)


@throttled("auth")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
@sensitive_variables("secret", "codes", "stored")
def set_up_app(request: MogRequest) -> HttpResponse:
    """Show a secret to put into an app; keep it once the app has shown its code."""
    actor, now = actor_of(request), timezone.now()
    if owned.owned_by(actor.require_user()).has_app:
        return redirect("two_step")
    stored = request.session.get(_SECRET)
    if request.method == "GET" or not stored:
        if not stored:
            request.session[_SECRET] = encryption.encrypt(authenticator_app.new_secret())
        return _app(request, AppForm())
    form = AppForm(request.POST)
    if not form.is_valid():
        return _app(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    secret = encryption.decrypt(stored)
    digits = proof.digits_of(form.cleaned_data["code"])
    try:
        codes = authenticator_app.add(secret, digits, by=actor, now=now)
    except WrongCode:
        form.add_error("code", "This is not what the app should show now. Type the next code.")
        return _app(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except StaleForm:  # another tab was faster
        return redirect("two_step")
    del request.session[_SECRET]
    return finished(request, codes)


@require_POST
@step_up_required
def remove_app(request: MogRequest) -> HttpResponse:
    """Remove the authenticator app."""
    if not removals.remove_app(by=actor_of(request), now=timezone.now()):
        raise Http404
    return redirect("two_step")


@never_cache
@require_POST
@step_up_required
@sensitive_variables("codes")
def new_codes(request: MogRequest) -> HttpResponse:
    """End the recovery codes there are; answer with the one page that shows new ones."""
    try:
        codes = recovery_codes.replace(by=actor_of(request), now=timezone.now())
    except SecondFactorRequired as error:
        raise Http404 from error
    return finished(request, codes)


@sensitive_variables("codes", "text", "context")
def finished(request: MogRequest, codes: list[str]) -> HttpResponse:
    """Show new recovery codes, in an answer that is stored nowhere; without any, the overview."""
    if not codes:
        return redirect("two_step")
    user = actor_of(request).require_user()
    text = "\n".join([f"mog recovery codes of {user.username}", "", *codes, ""])
    context = {
        "codes": codes,
        "file": f"data:text/plain;charset=utf-8,{quote(text)}",
        "next": request.session.pop(_GO_ON, ""),
    }
    return render(request, "accounts/recovery_codes.html", context)


@sensitive_variables("secret", "context")
def _app(request: MogRequest, form: AppForm, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    secret = encryption.decrypt(request.session[_SECRET])
    user = actor_of(request).require_user()
    width, path = authenticator_app.qr_path(authenticator_app.uri(secret, user=user))
    context: dict[str, Any] = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "qr_width": width,
        "qr_path": path,
    }
    return render(request, "accounts/set_up_app.html", context, status=status)
