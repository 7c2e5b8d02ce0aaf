"""Signing in, devices, tokens, second factors, sessions."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import dev_sign_in
from accounts.models import CredentialKind, DeviceGrant
from accounts.scopes import ALL_SCOPES, Scope
from accounts.second_factors import recovery_codes
from tests import devices, second_factors, signed_in
from tests.factories.accounts import CredentialFactory, UserFactory
from tests.gallery.visit import Visit

_WRONG_CODE = "BBBB-BBBB"


def _home_signed_in(visit: Visit) -> None:
    visit.sign_in(is_staff=True)
    visit.page.goto("/")
    visit.page.locator("[data-menu] summary").click()


def _sign_in(visit: Visit) -> None:
    visit.page.goto("/sign-in")


def _sign_in_refused(visit: Visit) -> None:
    visit.page.goto("/sign-in/github/callback?state=forged&code=1")


def _dev_sign_in(visit: Visit) -> None:
    visit.page.goto("/dev-sign-in/any")


def _dev_sign_in_refused(visit: Visit) -> None:
    _dev_sign_in(visit)
    visit.press("Sign in")


def _signed_out(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/")
    visit.page.locator("[data-menu] summary").click()
    visit.press("Sign out")


def _step_up(visit: Visit) -> None:
    visit.sign_in(proven_ago=timedelta(hours=1))
    visit.page.goto("/settings/tokens/new")


def _device(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/device")


def _device_wrong(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(_WRONG_CODE)


def _device_locked(visit: Visit) -> None:
    visit.sign_in()
    for _ in range(settings.DEVICE_CODE_ATTEMPTS):
        visit.enter_code(_WRONG_CODE)


def _device_ended(visit: Visit) -> None:
    visit.sign_in()
    started = devices.started(timezone.now() - timedelta(hours=1))
    visit.enter_code(started.user_code)


def _device_confirm(visit: Visit) -> None:
    visit.sign_in()
    started = devices.started(timezone.now(), *ALL_SCOPES)
    visit.enter_code(started.user_code)


def _device_confirm_incomplete(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(devices.started(timezone.now()).user_code)
    visit.page.get_by_role("checkbox").uncheck()
    visit.press("Approve")


def _device_approved(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(devices.started(timezone.now()).user_code)
    visit.press("Approve")


def _device_denied(visit: Visit) -> None:
    visit.sign_in()
    visit.enter_code(devices.started(timezone.now()).user_code)
    visit.press("Deny")


def _device_closed(visit: Visit) -> None:
    _device_confirm(visit)
    DeviceGrant.objects.update(expires_at=timezone.now())
    visit.page.reload()


def _tokens_empty(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/tokens")


def _tokens(visit: Visit) -> None:
    user, now = visit.sign_in(), timezone.now()
    every = " ".join(sorted(ALL_SCOPES - {Scope.ACCOUNT}))
    policy = user.spend_policies.get(is_default=True)
    CredentialFactory.create(
        user=user, label="w" * 80, scope=every, spend_policy=policy, last_used_at=now
    )
    CredentialFactory.create(user=user, kind=CredentialKind.DEVICE, client_id="mog-cli")
    visit.page.goto("/settings/tokens")
    visit.page.locator(".confirm summary").last.click()


def _token_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/tokens/new")


def _token_new_incomplete(visit: Visit) -> None:
    _token_new(visit)
    visit.page.locator("form.form").evaluate("form => form.noValidate = true")
    visit.page.get_by_role("checkbox", name="account").check()
    visit.press("Create token")


def _token_created(visit: Visit) -> None:
    _token_new(visit)
    visit.page.get_by_label("Label").fill("nightly build")
    visit.page.get_by_role("checkbox", name="read").check()
    visit.press("Create token")


def _two_step_off(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/two-step?next=/admin/")


def _two_step(visit: Visit) -> None:
    user = visit.sign_in()
    second_factors.give_app(user)
    second_factors.give_passkey(user, name="w" * 60)
    recovery_codes.replace(by=second_factors.proven(user), now=timezone.now())
    visit.page.goto("/settings/two-step")
    visit.page.locator(".confirm summary").last.click()


def _two_step_app(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/two-step/app")


def _two_step_app_wrong(visit: Visit) -> None:
    _two_step_app(visit)
    visit.page.get_by_label("Code from the app").fill("12")
    visit.press("Turn it on")


def _two_step_codes(visit: Visit) -> None:
    _two_step_app(visit)
    secret = visit.page.locator("#app-secret").inner_text().replace(" ", "")
    code = second_factors.code_at(secret=secret)
    visit.page.get_by_label("Code from the app").fill(code)
    visit.press("Turn it on")


def _passkey_new(visit: Visit) -> None:
    visit.sign_in()
    visit.page.goto("/settings/two-step/passkeys/new")


def _passkey_rename(visit: Visit) -> None:
    user = visit.sign_in()
    second_factors.give_app(user)  # a first factor by another browser would end this one's session
    second_factors.give_passkey(user)
    visit.page.goto("/settings/two-step")
    visit.follow("Rename phone")


def _second_factor(visit: Visit) -> None:
    user = UserFactory.create(username="alice")
    second_factors.give_app(user)
    second_factors.give_passkey(user)
    visit.page.goto(dev_sign_in.create_path(user, next_path="/", now=timezone.now()))
    visit.press("Sign in")


def _second_factor_wrong(visit: Visit) -> None:
    _second_factor(visit)
    visit.page.get_by_label("Code").fill(second_factors.wrong_code())
    visit.press("Use the code")


def _second_factor_locked(visit: Visit) -> None:
    _second_factor(visit)
    for _ in range(settings.SECOND_FACTOR_ATTEMPTS):
        visit.page.get_by_label("Code").fill(second_factors.wrong_code())
        visit.press("Use the code")


def _step_up_factor(visit: Visit) -> None:
    second_factors.give_app(visit.sign_in(proven_ago=timedelta(hours=1)))
    visit.page.goto("/settings/tokens/new")


def _sessions(visit: Visit) -> None:
    user = visit.sign_in()
    signed_in.sign_in(Client(), user)
    visit.page.goto("/settings/sessions")


def _activity(visit: Visit) -> None:
    _device_wrong(visit)
    visit.page.goto("/settings/activity")


PAGES: dict[str, Callable[[Visit], None]] = {
    "home-signed-in": _home_signed_in,
    "sign-in": _sign_in,
    "sign-in-refused": _sign_in_refused,
    "dev-sign-in": _dev_sign_in,
    "dev-sign-in-refused": _dev_sign_in_refused,
    "signed-out": _signed_out,
    "step-up": _step_up,
    "device": _device,
    "device-wrong": _device_wrong,
    "device-locked": _device_locked,
    "device-ended": _device_ended,
    "device-confirm": _device_confirm,
    "device-confirm-incomplete": _device_confirm_incomplete,
    "device-approved": _device_approved,
    "device-denied": _device_denied,
    "device-closed": _device_closed,
    "step-up-factor": _step_up_factor,
    "second-factor": _second_factor,
    "second-factor-wrong": _second_factor_wrong,
    "second-factor-locked": _second_factor_locked,
    "two-step-off": _two_step_off,
    "two-step": _two_step,
    "two-step-app": _two_step_app,
    "two-step-app-wrong": _two_step_app_wrong,
    "two-step-codes": _two_step_codes,
    "passkey-new": _passkey_new,
    "passkey-rename": _passkey_rename,
    "tokens-empty": _tokens_empty,
    "tokens": _tokens,
    "token-new": _token_new,
    "token-new-incomplete": _token_new_incomplete,
    "token-created": _token_created,
    "sessions": _sessions,
    "activity": _activity,
}
