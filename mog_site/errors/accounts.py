"""What the refusals of `accounts` become."""

from http import HTTPStatus

from django.conf import settings
from django.urls import reverse

from accounts import errors as accounts_errors
from accounts.api.pagination import InvalidCursor
from mog_site.errors.rules import (
    INVALID_CURSOR,
    INVALID_FIELD,
    NOT_FOUND,
    SIGN_IN,
    UNAVAILABLE,
    Rule,
    Table,
    retry_after,
)

_INVALID_TOKEN = {"WWW-Authenticate": 'Bearer realm="mog", error="invalid_token"'}


def _step_up_url(error: accounts_errors.StepUpRequired) -> str:
    """Return the page that does what was asked for, or where a person proves that it is them."""
    return f"{settings.SITE_URL}{error.page or reverse('step_up')}"


RULES: Table = {
    accounts_errors.SignInRequired: SIGN_IN,
    accounts_errors.InvalidCredential: Rule(
        HTTPStatus.UNAUTHORIZED,
        "invalid_token",
        "This token does not work here. Run `mog auth`, or create a new token on the tokens page.",
        headers=lambda _: _INVALID_TOKEN,
    ),
    accounts_errors.MissingScope: Rule(
        HTTPStatus.FORBIDDEN,
        "missing_scope",
        "The token lacks a scope. `details.scope` names it; create a token that has it.",
        details=lambda error: {"scope": error.scope.value},
    ),
    accounts_errors.StepUpRequired: Rule(
        HTTPStatus.FORBIDDEN,
        "step_up_required",
        "Confirm in the browser that it is you: open `details.stepUpUrl`, then try again.",
        details=lambda error: {"stepUpUrl": _step_up_url(error)},
    ),
    accounts_errors.InvalidTokenRequest: INVALID_FIELD,
    accounts_errors.InvalidPolicy: INVALID_FIELD,
    accounts_errors.PolicyInUse: Rule(
        HTTPStatus.CONFLICT,
        "policy_in_use",
        "New tokens get the default policy, so it can be changed and not deleted.",
    ),
    accounts_errors.RoleRequired: Rule(
        HTTPStatus.FORBIDDEN,
        "role_required",
        "Your role in this organization does not allow it. `details.role` names the one that does.",
        details=lambda error: {"role": str(error.role)},
    ),
    accounts_errors.BoundToOrganization: Rule(
        HTTPStatus.FORBIDDEN,
        "bound_to_organization",
        "This token acts for one organization and reaches nothing beyond it. Use one of your own.",
    ),
    accounts_errors.LastOwner: Rule(
        HTTPStatus.CONFLICT,
        "last_owner",
        "An organization needs an owner. Make another member an owner first, or delete it.",
    ),
    accounts_errors.OrganizationInUse: Rule(
        HTTPStatus.CONFLICT,
        "organization_in_use",
        "This organization cannot be deleted yet. `details.obstacles` names what to do before.",
        details=lambda error: {"obstacles": list(error.obstacles)},
    ),
    accounts_errors.InvalidOrganization: INVALID_FIELD,
    accounts_errors.InvalidInvitation: INVALID_FIELD,
    accounts_errors.AlreadyMember: Rule(
        HTTPStatus.CONFLICT,
        "already_member",
        "Whoever has this address belongs to the organization already.",
    ),
    accounts_errors.AlreadyInvited: Rule(
        HTTPStatus.CONFLICT,
        "already_invited",
        "An invitation to this address is open. Send it again, or revoke it first.",
    ),
    accounts_errors.InvitationLimitReached: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many invitations today. Wait as many seconds as `Retry-After` says.",
        headers=retry_after,
    ),
    accounts_errors.InvitationEnded: Rule(
        HTTPStatus.GONE,
        "invitation_ended",
        "This invitation was answered or taken back, or is too old. Ask for another one.",
    ),
    accounts_errors.InvitedElsewhere: Rule(
        HTTPStatus.FORBIDDEN,
        "invited_elsewhere",
        "This invitation went to another address. Sign in with the account that has it.",
        details=lambda error: {"address": error.masked},
    ),
    accounts_errors.StaleForm: Rule(
        HTTPStatus.CONFLICT,
        "stale_form",
        "This form was sent already, or was open for too long. Open it anew.",
    ),
    accounts_errors.UnknownClient: Rule(
        HTTPStatus.BAD_REQUEST,
        "invalid_client",
        "No client is registered under this id. Check the client id.",
    ),
    accounts_errors.InvalidScope: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_scope",
        "Ask for at least one scope, and only for those in the documentation.",
    ),
    accounts_errors.InvalidDeviceCode: Rule(
        HTTPStatus.BAD_REQUEST,
        "invalid_device_code",
        "This device code opens nothing. Start the sign-in again on the device.",
    ),
    accounts_errors.WrongUserCode: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "wrong_code",
        "No device shows this code. Compare it with the device and type it again.",
        details=lambda error: {"attemptsLeft": error.attempts_left},
    ),
    accounts_errors.CodeEntryLocked: Rule(
        HTTPStatus.LOCKED,
        "code_entry_locked",
        "Too many wrong codes. Wait as many seconds as `Retry-After` says, then try again.",
        headers=retry_after,
    ),
    accounts_errors.DeviceGrantClosed: Rule(
        HTTPStatus.GONE,
        "device_request_closed",
        "This request was decided already, or has lapsed. Start again on the device.",
    ),
    accounts_errors.SignInRefused: Rule(
        HTTPStatus.BAD_REQUEST,
        "sign_in_refused",
        "The sign-in did not complete. Start again from the sign-in page.",
        details=lambda error: {"reason": error.reason},
    ),
    accounts_errors.SecondFactorAwaited: SIGN_IN,
    accounts_errors.SecondFactorRequired: Rule(
        HTTPStatus.FORBIDDEN,
        "second_factor_required",
        "Set up two-step verification first: open `details.setUpUrl`, then try again.",
        details=lambda _: {"setUpUrl": f"{settings.SITE_URL}{reverse('two_step')}"},
    ),
    accounts_errors.WrongCode: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "wrong_second_factor",
        "This is no code of the account now, or it was used. Wait for the next one.",
        details=lambda error: {"attemptsLeft": error.attempts_left},
    ),
    accounts_errors.PasskeyRefused: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "passkey_refused",
        "The passkey was not accepted. Try again, or use another one.",
    ),
    accounts_errors.SecretUnreadable: UNAVAILABLE,
    accounts_errors.UnknownProvider: NOT_FOUND,
    accounts_errors.InvalidNamespace: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_name",
        "This name cannot be taken. Choose another.",
        details=lambda error: {"slug": [str(error)]},
    ),
    InvalidCursor: INVALID_CURSOR,
}
