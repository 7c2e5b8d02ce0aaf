"""Prove again that it is you."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import browser, dev_sign_in
from accounts.errors import SignInRefused
from accounts.http import MogRequest, actor_of, leads_to_providers, throttled
from accounts.next_path import safe_next
from accounts.second_factors.owned import has_second_factor
from accounts.step_up import record_success, signed_in_required
from accounts.views import factor_form, round_trip
from accounts.views.round_trip import Choice
from accounts.views.sign_in import refused

_FACTOR_PAGE = "accounts/step_up_factor.html"
DEVELOPMENT = Choice("development", "a development link")


@throttled("auth")
@leads_to_providers
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def step_up(request: MogRequest) -> HttpResponseBase:
    """Ask for a fresh proof of identity, or begin to fetch one; then go on to `next`.

    What the person was about to send is not sent again: they come back to its form.
    """
    user = actor_of(request).require_user()
    if has_second_factor(user):
        return _by_second_factor(request)
    identities = round_trip.identities_of(user)
    if request.method == "GET":
        next_path = safe_next(request.GET.get("next", ""))
        if actor_of(request).stepped_up:
            return redirect(next_path)
        choices = [c for c in round_trip.choices(request) if c.provider_id in identities]
        choices += [DEVELOPMENT] if settings.DEV_SIGN_IN else []
        context = {"providers": choices, "next": next_path}
        return render(request, "accounts/step_up.html", context)
    provider_id = request.POST.get("provider", "")
    next_path = safe_next(request.POST.get("next", ""))
    if settings.DEV_SIGN_IN and provider_id == DEVELOPMENT.provider_id:
        link = dev_sign_in.create_path(user, next_path=next_path, now=timezone.now())
        return redirect(link)
    if provider_id not in identities:
        raise Http404
    try:
        return round_trip.begin_step_up(
            request, provider_id, identity=identities[provider_id], next_path=next_path
        )
    except SignInRefused as refusal:
        return refused(request, refusal, provider_id=provider_id)


def _by_second_factor(request: MogRequest) -> HttpResponse:
    """Ask for a second factor, which is all that counts for those who have one.

    A provider would prove little more than that its own session is open in the same browser. A
    recovery code is for signing in, which is a proof in itself.
    """
    actor, now = actor_of(request), timezone.now()
    given = request.GET if request.method == "GET" else request.POST
    next_path = safe_next(given.get("next", ""))
    if request.method == "GET":
        if actor.stepped_up:
            return redirect(next_path)
        return factor_form.ask(request, _FACTOR_PAGE, by=actor, now=now, next=next_path)
    proven = factor_form.prove(request, by=actor, now=now, takes_recovery_codes=False)
    if isinstance(proven, Exception):
        return factor_form.ask(
            request, _FACTOR_PAGE, by=actor, now=now, error=proven, next=next_path
        )
    record_success(by=actor, provider=proven, now=now)
    browser.prove(request, now=now)
    return redirect(next_path)
