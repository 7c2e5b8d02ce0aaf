"""How the sign-in library is bent to our rules: the library does the protocol, we decide the rest.

Who is let in, what is stored of them, and what a session is.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

from accounts import browser, half_signed_in, oauth_state, signup, step_up
from accounts.errors import SecondFactorAwaited, SignInRefused, StateRefused, StepUpRefused
from accounts.http import MogRequest, actor_of, origin_of
from accounts.models import User
from accounts.next_path import safe_next
from accounts.oauth_state import StateFault
from accounts.second_factors.owned import has_second_factor

_SIGN_UP_ATTEMPTS = 3


class Refusal(StrEnum):
    """Why a provider's answer lets nobody in; the words stand in the audit trail."""

    CANCELLED = "cancelled"
    EMAIL_TAKEN = "email_taken"
    INACTIVE = "inactive"
    NOT_RECENT = "not_recent"
    OTHER_IDENTITY = "other_identity"
    PROVIDER_FAILED = "provider_failed"
    SECOND_FACTOR_SET = "second_factor_set"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library ships no types
    """What signing in and out does here."""

    def pre_login(
        self, request: MogRequest, user: User, *, redirect_url: str | None, **options: Any
    ) -> Any:
        """Stop somebody who has a second factor until it is proven; raises SecondFactorAwaited."""
        response = super().pre_login(request, user, redirect_url=redirect_url, **options)
        if response is None and has_second_factor(user):
            half_signed_in.hold(
                request.session,
                user,
                provider=_provider_of(request),
                next_path=safe_next(redirect_url or ""),
                now=timezone.now(),
            )
            raise SecondFactorAwaited
        return response

    def get_login_stages(self) -> list[str]:
        """Return none of the library's: `pre_login` decides what stands before a session."""
        return []

    def login(self, request: MogRequest, user: User) -> None:
        """Begin a session for somebody a provider has vouched for."""
        browser.sign_in(request, user, provider=_provider_of(request))

    def logout(self, request: MogRequest) -> None:
        """End the session that another sign-in in the same browser replaces."""
        browser.sign_out(request)

    def respond_user_inactive(self, _request: MogRequest, _user: User) -> None:
        """Let nobody in whose account is closed."""
        raise SignInRefused(Refusal.INACTIVE)

    def clean_username(self, username: str, **_options: Any) -> str:
        """Keep the wish as it is; `signup.free_username` makes a name of it."""
        return username

    def add_message(self, *_args: Any, **_options: Any) -> None:
        """Say nothing: the page that follows shows who is signed in."""


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library ships no types
    """What an identity at a provider means here."""

    def generate_state_param(self, state: dict[str, Any]) -> str:
        """Return a signed state for this browser, instead of a random one."""
        session = context.request.session
        return oauth_state.issue(
            state["data"]["provider"],
            binding=browser.ensure_oauth_binding(session),
            now=timezone.now(),
        )

    def on_authentication_error(
        self,
        request: MogRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Turn the library's error page into our refusal."""
        if error == AuthError.CANCELLED:
            raise SignInRefused(Refusal.CANCELLED) from exception
        if exception is None and "state_id" in (extra_context or {}):
            raise StateRefused(StateFault.FORGOTTEN)
        raise SignInRefused(Refusal.PROVIDER_FAILED) from exception

    def populate_user(
        self, _request: MogRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> User:
        """Take from the provider what an account shows, and forget the rest of its answer."""
        told = sociallogin.account.extra_data
        picture = sociallogin.provider.wrap_account(sociallogin.account).get_avatar_url()
        parts = (data.get("first_name"), data.get("last_name"))
        user: User = sociallogin.user
        user.username = str(data.get("username") or "")
        user.display_name = str(data.get("name") or " ".join(filter(None, parts)))
        user.avatar_url = str(data.get("picture") or picture or "")
        user.email = _verified_email(sociallogin)
        sociallogin.authenticated_at = _authenticated_at(told)
        sociallogin.account.extra_data = {}
        # The library keeps a book of addresses of its own; ours is the one on the user.
        sociallogin.email_addresses = []
        return user

    def pre_social_login(self, request: MogRequest, sociallogin: SocialLogin) -> None:
        """Decide on an identity the provider has just proven; raises SignInRefused."""
        if sociallogin.state["process"] == AuthProcess.REDIRECT:
            _confirm_step_up(request, sociallogin)
        elif not sociallogin.is_existing:
            _refuse_taken_email(sociallogin)

    def save_user(self, request: MogRequest, sociallogin: SocialLogin, form: object = None) -> User:
        """Register somebody new together with the identity, or find who was faster.

        Two sign-ins of one person at once make one account; two people who want one name get two.
        """
        for _ in range(_SIGN_UP_ATTEMPTS - 1):
            try:
                return _register(request, sociallogin)
            except IntegrityError:
                _refuse_taken_email(sociallogin)
                if _find_identity(sociallogin):
                    return sociallogin.user  # type: ignore[no-any-return]  # the library ships no types
        return _register(request, sociallogin)


def _provider_of(request: MogRequest) -> str:
    assert request.resolver_match is not None
    provider_id: str = request.resolver_match.kwargs["provider_id"]
    return provider_id


@transaction.atomic
def _register(request: MogRequest, sociallogin: SocialLogin) -> User:
    wanted: User = sociallogin.user
    profile = signup.Profile(
        wanted_name=wanted.username or wanted.display_name or wanted.email.partition("@")[0],
        display_name=wanted.display_name,
        email=wanted.email,
        avatar_url=wanted.avatar_url,
    )
    user = signup.register(profile, origin=origin_of(request), now=timezone.now())
    sociallogin.account.user = user
    sociallogin.account.pk = None
    sociallogin.account.save()
    sociallogin.user = user
    return user


def _find_identity(sociallogin: SocialLogin) -> bool:
    identity = SocialAccount.objects.filter(
        provider=sociallogin.account.provider, uid=sociallogin.account.uid
    ).first()
    if identity is not None:
        sociallogin.account, sociallogin.user = identity, identity.user
    return identity is not None


def _refuse_taken_email(sociallogin: SocialLogin) -> None:
    # An equal address is no proof of being the same person: nobody takes over, nobody is linked.
    email = sociallogin.user.email
    is_taken = email and User.objects.filter(Exact(Lower("email"), email.lower())).exists()
    # It may be taken by this very identity, which signed up in another window a moment ago.
    if is_taken and not _find_identity(sociallogin):
        raise SignInRefused(Refusal.EMAIL_TAKEN)


def _verified_email(sociallogin: SocialLogin) -> str:
    # `is True`: a provider that says "false" in words must not count.
    verified = [a.email for a in sociallogin.email_addresses if a.verified is True]
    return verified[0] if verified else ""


def _authenticated_at(told: dict[str, Any]) -> datetime | None:
    """Return when the provider last proved the person, if it says (OpenID Connect Core 2)."""
    claims = told.get("id_token", told)
    moment = claims.get("auth_time") if isinstance(claims, dict) else None
    return datetime.fromtimestamp(moment, tz=UTC) if isinstance(moment, int) else None


def _confirm_step_up(request: MogRequest, sociallogin: SocialLogin) -> None:
    now = timezone.now()
    actor = actor_of(request)
    is_same = sociallogin.account.pk == sociallogin.state["data"]["identity"]
    if not is_same or actor.user != sociallogin.user:
        raise StepUpRefused(Refusal.OTHER_IDENTITY)
    # Set up while the browser was away: from then on it is what is asked for.
    if has_second_factor(sociallogin.user):
        raise StepUpRefused(Refusal.SECOND_FACTOR_SET)
    authenticated_at = sociallogin.authenticated_at
    if authenticated_at is not None and now - authenticated_at > settings.STEP_UP_LIFETIME:
        raise StepUpRefused(Refusal.NOT_RECENT)
    step_up.record_success(by=actor, provider=sociallogin.account.provider, now=now)
    browser.prove(request, now=now)
