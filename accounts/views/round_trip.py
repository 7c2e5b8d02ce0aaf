"""One round trip of a browser to a provider and back: signing in, or stepping up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseBase
from django.utils import timezone
from requests import RequestException

from accounts import browser, oauth_state
from accounts.errors import SignInRefused, StateRefused, UnknownProvider
from accounts.http import MogRequest
from accounts.models import User
from accounts.oauth_state import StateFault
from accounts.provider_sign_in import Refusal

# What a provider's answer of the wrong shape makes the library raise.
_SHAPE_ERRORS = (AttributeError, ImproperlyConfigured, KeyError, TypeError, ValueError)
_WIRE_ERRORS = (OAuth2Error, RequestException)

# How each provider is asked to prove a person anew. GitHub cannot be made to ask for a password; it
# shows who is signed in and asks to confirm. `max_age` asks for the claim `auth_time`, which is
# checked where a provider sends it (OpenID Connect Core 3.1.2.1).
_PROVE_ANEW = {
    "github": {"prompt": "select_account"},
    "google": {"prompt": "select_account", "max_age": "0"},
}
_PROVE_ANEW_OPENID = {"prompt": "login", "max_age": "0"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider as a person sees it."""

    provider_id: str
    name: str


def choices(request: MogRequest) -> list[Choice]:
    """Return the providers that are configured."""
    return [Choice(p.sub_id, p.name) for p in get_adapter().list_providers(request)]


def identities_of(user: User) -> dict[str, int]:
    """Return the user's identities: provider id to key, oldest first."""
    rows = SocialAccount.objects.filter(user=user).order_by("-pk")
    return dict(rows.values_list("provider", "pk"))


def begin_sign_in(request: MogRequest, provider_id: str, *, next_path: str) -> HttpResponseBase:
    """Send the browser to a provider to sign in; raises UnknownProvider or SignInRefused."""
    return _begin(
        request,
        provider_id,
        process=AuthProcess.LOGIN,
        next_url=next_path,
        data={"provider": provider_id},
    )


def begin_step_up(
    request: MogRequest, provider_id: str, *, identity: int, next_path: str
) -> HttpResponseBase:
    """Send the browser to a provider to prove one identity anew; raises as `begin_sign_in`."""
    return _begin(
        request,
        provider_id,
        process=AuthProcess.REDIRECT,
        next_url=next_path,
        data={"provider": provider_id, "identity": identity},
        auth_params=dict(_PROVE_ANEW.get(provider_id, _PROVE_ANEW_OPENID)),
    )


def complete(request: MogRequest, provider_id: str) -> HttpResponseBase:
    """Answer the browser that comes back; raises StateRefused, SignInRefused or UnknownProvider."""
    _provider(request, provider_id)
    oauth_state.redeem(
        request.GET.get("state", ""),
        provider_id=provider_id,
        binding=browser.oauth_binding(request.session),
        now=timezone.now(),
    )
    callback = OAuth2CallbackView.adapter_view(_protocol(request, provider_id))
    try:
        with _translating(*_WIRE_ERRORS):
            response: HttpResponseBase = callback(request)
    except UpdateError as error:
        # Another tab signed in meanwhile, and the session moved on under a new key.
        raise StateRefused(StateFault.FORGOTTEN) from error
    return response


def _begin(request: MogRequest, provider_id: str, **options: Any) -> HttpResponseBase:
    provider = _provider(request, provider_id)
    with _translating(*_WIRE_ERRORS, *_SHAPE_ERRORS):
        response: HttpResponseBase = provider.redirect(request, **options)
    return response


def _provider(request: MogRequest, provider_id: str) -> Any:
    try:
        return get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist as error:
        raise UnknownProvider(provider_id) from error


@contextmanager
def _translating(*errors: type[Exception]) -> Iterator[None]:
    try:
        yield
    except errors as error:
        raise SignInRefused(Refusal.PROVIDER_FAILED) from error


class _Translated:
    """Narrows what a misshapen answer can raise to the code that reads the answer."""

    def get_client(self, *args: Any) -> Any:
        with _translating(*_WIRE_ERRORS, *_SHAPE_ERRORS):
            return super().get_client(*args)  # type: ignore[misc]  # a mixin of untyped classes

    def get_access_token_data(self, *args: Any, **options: Any) -> Any:
        with _translating(*_WIRE_ERRORS, *_SHAPE_ERRORS):
            return super().get_access_token_data(*args, **options)  # type: ignore[misc]  # as above

    def parse_token(self, data: Any) -> Any:
        with _translating(*_WIRE_ERRORS, *_SHAPE_ERRORS):
            return super().parse_token(data)  # type: ignore[misc]  # as above

    def complete_login(self, *args: Any, **options: Any) -> Any:
        with _translating(*_WIRE_ERRORS, *_SHAPE_ERRORS):
            return super().complete_login(*args, **options)  # type: ignore[misc]  # as above


class _GitHub(_Translated, GitHubOAuth2Adapter):  # type: ignore[misc]  # the library ships no types
    pass


class _Google(_Translated, GoogleOAuth2Adapter):  # type: ignore[misc]  # the library ships no types
    pass


class _OpenIDConnect(_Translated, OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # as above
    pass


def _protocol(request: MogRequest, provider_id: str) -> Any:
    if provider_id == GitHubOAuth2Adapter.provider_id:
        return _GitHub(request)
    if provider_id == GoogleOAuth2Adapter.provider_id:
        return _Google(request)
    return _OpenIDConnect(request, provider_id)
