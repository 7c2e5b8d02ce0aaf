"""Redeem a development sign-in link: shown by GET, used by POST, so that a preview burns none."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import browser, dev_sign_in, half_signed_in
from accounts.errors import SignInRefused
from accounts.http import MogRequest, throttled
from accounts.second_factors.owned import has_second_factor
from accounts.views.sign_in import refused

_PROVIDER = "development"


@throttled("auth")
@never_cache
@require_http_methods(["GET", "POST"])
def redeem(request: MogRequest, signed: str) -> HttpResponseBase:
    """Ask whether to sign in, then do."""
    if request.method == "GET":
        return render(request, "accounts/dev_sign_in.html")
    now = timezone.now()
    try:
        admission = dev_sign_in.redeem(signed, now=now)
    except SignInRefused as refusal:
        return refused(request, refusal, provider_id=_PROVIDER)
    user, next_path = admission.user, admission.next_path
    if has_second_factor(user):
        half_signed_in.hold(request.session, user, provider=_PROVIDER, next_path=next_path, now=now)
        return redirect("second_factor")
    browser.sign_in(request, user, provider=_PROVIDER)
    return redirect(next_path)
