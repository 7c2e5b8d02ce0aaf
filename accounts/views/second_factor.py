"""The second half of signing in, for people who have a second factor."""

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import browser, half_signed_in
from accounts.http import MogRequest, origin_of, throttled
from accounts.views import factor_form

_PAGE = "accounts/second_factor.html"


@throttled("auth")
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: MogRequest) -> HttpResponseBase:
    """Ask whom a provider has vouched for; let them in when they prove it."""
    now = timezone.now()
    waiting = half_signed_in.of(request.session, now=now)
    if waiting is None:
        return redirect("sign_in")
    by = waiting.actor(origin=origin_of(request))
    if request.method == "GET":
        return factor_form.ask(request, _PAGE, by=by, now=now)
    proven = factor_form.prove(request, by=by, now=now, takes_recovery_codes=True)
    if isinstance(proven, Exception):
        return factor_form.ask(request, _PAGE, by=by, now=now, error=proven)
    half_signed_in.forget(request.session)
    browser.sign_in(request, waiting.user, provider=waiting.provider, second_factor=proven)
    return redirect(waiting.next_path)
