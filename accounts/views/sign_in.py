"""Sign in with a provider, sign out."""

from http import HTTPStatus

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import browser
from accounts.dev_sign_in import LinkFault
from accounts.errors import (
    SecondFactorAwaited,
    SignInRefused,
    StateRefused,
    StepUpRefused,
    UnknownProvider,
)
from accounts.http import MogRequest, actor_of, leads_to_providers, origin_of, throttled
from accounts.next_path import HOME, safe_next
from accounts.oauth_state import StateFault
from accounts.provider_sign_in import Refusal
from accounts.views import round_trip
from audit.actions import Action
from audit.refusals import record_refusal

_STARTED_ELSEWHERE = (
    "This sign-in was not started in this browser, or it was started too long ago.",
    "Nothing has happened to your account. Start again from the sign-in page.",
)
_ACTIONS = {
    SignInRefused: Action.SIGN_IN_FAILED,
    StateRefused: Action.OAUTH_STATE_REFUSED,
    StepUpRefused: Action.STEP_UP_REFUSED,
}
# What happened, and what to do: one line each, by reason.
_EXPLANATIONS = (
    {fault.value: _STARTED_ELSEWHERE for fault in StateFault}
    | {
        Refusal.CANCELLED.value: (
            "You did not let the provider tell us who you are.",
            "Sign in again whenever you like.",
        ),
        Refusal.EMAIL_TAKEN.value: (
            "There is already an account with this e-mail address.",
            "Sign in with the provider you used first; two providers are never joined by address.",
        ),
        Refusal.INACTIVE.value: (
            "This account is closed.",
            "Write to support if you think this is a mistake.",
        ),
        Refusal.NOT_RECENT.value: (
            "The provider did not ask you to prove again that it is you.",
            "Sign out at the provider, then confirm it is you once more.",
        ),
        Refusal.OTHER_IDENTITY.value: (
            "The provider account you chose is not the one you are signed in with.",
            "Confirm with the provider account that belongs to this account.",
        ),
        Refusal.PROVIDER_FAILED.value: (
            "The sign-in provider did not give a proper answer.",
            "Try again in a minute, or use another provider.",
        ),
        Refusal.SECOND_FACTOR_SET.value: (
            "Your account has a second factor now: a provider alone no longer confirms you.",
            "Confirm with your second factor.",
        ),
    }
    | {
        fault.value: (
            "This link does not sign anybody in: it was altered, used, or is over an hour old.",
            "Stop the development server and start it again: it prints new links.",
        )
        for fault in LinkFault
    }
)


@throttled("auth")
@leads_to_providers
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: MogRequest) -> HttpResponseBase:
    """Show the providers, or send the browser to the one that was chosen."""
    if request.method == "GET":
        next_path = safe_next(request.GET.get("next", ""))
        if actor_of(request).is_authenticated:
            return redirect(next_path)
        context = {"providers": round_trip.choices(request), "next": next_path}
        page = render(request, "accounts/sign_in.html", context)
        if next_path != HOME:
            # Where it leads may be a secret, such as the link of an invitation.
            page["Referrer-Policy"] = "strict-origin"
        return page
    provider_id = request.POST.get("provider", "")
    next_path = safe_next(request.POST.get("next", ""))
    try:
        return round_trip.begin_sign_in(request, provider_id, next_path=next_path)
    except UnknownProvider as error:
        raise Http404 from error
    except SignInRefused as refusal:
        return refused(request, refusal, provider_id=provider_id)


@never_cache
@require_GET
def callback(request: MogRequest, provider_id: str) -> HttpResponseBase:
    """Let somebody in whom a provider has sent back, or say why not."""
    try:
        return round_trip.complete(request, provider_id)
    except SecondFactorAwaited:
        return redirect("second_factor")
    except UnknownProvider as error:
        raise Http404 from error
    except SignInRefused as refusal:
        return refused(request, refusal, provider_id=provider_id)


def refused(request: MogRequest, refusal: SignInRefused, *, provider_id: str) -> HttpResponse:
    """Put a refused sign-in into the audit trail and explain it."""
    record_refusal(
        _ACTIONS[type(refusal)],
        by=actor_of(request).who,
        now=timezone.now(),
        source=origin_of(request).ip,
        data={"provider": provider_id, "reason": refusal.reason},
    )
    what_happened, what_to_do = _EXPLANATIONS[refusal.reason]
    context = {
        "reason": refusal.reason,
        "what_happened": what_happened,
        "what_to_do": what_to_do,
    }
    is_provider = refusal.reason == Refusal.PROVIDER_FAILED
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_provider else HTTPStatus.BAD_REQUEST
    return render(request, "accounts/sign_in_error.html", context, status=status)


@never_cache
@require_POST
def sign_out(request: MogRequest) -> HttpResponse:
    """End the session and say so."""
    browser.sign_out(request)
    return render(request, "accounts/signed_out.html")
