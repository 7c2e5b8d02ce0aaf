"""The one table: which exception becomes which status, code and message, for API and pages alike.

Rooms below raise what they refuse and know no HTTP. `docs/errors.md` lists the codes; a test keeps
both complete.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from typing import Any

import redis
from django.conf import settings
from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from rest_framework import exceptions as rest_errors

from accounts import errors as accounts_errors
from accounts.api.pagination import InvalidCursor
from accounts.api.serializers import camelize
from catalog import errors as catalog_errors
from mog_site.throttles import LimiterUnavailable, RateLimited
from payments import errors as payments_errors
from releases import errors as releases_errors

# RFC 6750 section 3: a challenge on every 401; the error only where a token was presented.
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="mog"'}
_INVALID_TOKEN = {"WWW-Authenticate": 'Bearer realm="mog", error="invalid_token"'}
# Seconds after which asking again makes sense when something behind us is away.
_RETRY_SOON = {"Retry-After": "5"}

_Details = Mapping[str, Any]


def _nothing(_error: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Rule:
    """What an exception class becomes. `message` says what to do next."""

    status: HTTPStatus
    code: str
    message: str
    details: Callable[[Any], _Details] = _nothing
    headers: Callable[[Any], Mapping[str, str]] = _nothing


@dataclass(frozen=True, slots=True)
class Problem:
    """One exception, ready to be answered in either dialect."""

    status: HTTPStatus
    code: str
    message: str
    details: _Details = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, *, request_id: str) -> dict[str, Any]:
        """Return the JSON answer."""
        details = {"details": dict(self.details)} if self.details else {}
        return {"code": self.code, "message": self.message, **details, "requestId": request_id}


UNKNOWN = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal_error",
    "Something went wrong on our side. Try again; if it stays, tell support the request id.",
)
FORGED_FORM = Problem(
    HTTPStatus.FORBIDDEN,
    "csrf_failed",
    "This form is too old or came from elsewhere. Go back, reload the page and send it again.",
)


def step_up_url() -> str:
    """Return the page where a person proves again that it is them."""
    return f"{settings.SITE_URL}{reverse('step_up')}"


def vendor_url() -> str:
    """Return the page where a person begins to sell."""
    return f"{settings.SITE_URL}{reverse('new_vendor')}"


def problem_of(error: BaseException) -> Problem | None:
    """Return what an exception becomes, by its nearest class in the table; None for a surprise."""
    for cls in type(error).__mro__:
        rule = RULES.get(cls)
        if rule is not None:
            return Problem(
                rule.status, rule.code, rule.message, rule.details(error), rule.headers(error)
            )
    return None


def _validation_details(error: django_errors.ValidationError) -> _Details:
    if hasattr(error, "error_dict"):
        return {camelize(name): texts for name, texts in error.message_dict.items()}
    return {"body": error.messages}


def _rest_validation_details(error: rest_errors.ValidationError) -> _Details:
    detail = error.detail
    return detail if isinstance(detail, dict) else {"body": detail}


def _rest_wait(error: Any) -> Mapping[str, str]:
    return {"Retry-After": str(max(1, int(error.wait or 1)))}


def _field_details(error: Any) -> _Details:
    """Return what a refusal says that names one `field`."""
    return {camelize(error.field): [str(error)]}


_SIGN_IN = Rule(
    HTTPStatus.UNAUTHORIZED,
    "unauthenticated",
    "Sign in, or send a token as `Authorization: Bearer`.",
    headers=lambda _: _CHALLENGE,
)
_FORBIDDEN = Rule(
    HTTPStatus.FORBIDDEN, "forbidden", "You may not do this. Ask somebody who may, or an owner."
)
_NOT_FOUND = Rule(
    HTTPStatus.NOT_FOUND,
    "not_found",
    "There is nothing here, or you may not see it. Check the address.",
)
_BAD_REQUEST = Rule(
    HTTPStatus.BAD_REQUEST,
    "bad_request",
    "We could not read this request. Check it and send again.",
)
_INVALID = "Some fields are wrong. `details` names each with what to change."
_INVALID_CURSOR = Rule(
    HTTPStatus.BAD_REQUEST,
    "invalid_cursor",
    "This cursor is not one of this list. Start again without `cursor`.",
)
_INVALID_FIELD = Rule(
    HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_fields", _INVALID, details=_field_details
)
_TOO_LARGE = Rule(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_large",
    "The request is larger than this address accepts. Send less at once.",
)
_UNAVAILABLE = Rule(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable",
    "Something we depend on does not answer. Nothing was changed; try again shortly.",
    headers=lambda _: _RETRY_SOON,
)

RULES: dict[type[BaseException], Rule] = {
    # accounts
    accounts_errors.SignInRequired: _SIGN_IN,
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
        details=lambda _: {"stepUpUrl": step_up_url()},
    ),
    accounts_errors.InvalidTokenRequest: _INVALID_FIELD,
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
        headers=lambda error: {"Retry-After": str(ceil(error.retry_after.total_seconds()))},
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
    accounts_errors.UnknownProvider: _NOT_FOUND,
    accounts_errors.InvalidNamespace: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_name",
        "This name cannot be taken. Choose another.",
        details=lambda error: {"slug": [str(error)]},
    ),
    InvalidCursor: _INVALID_CURSOR,
    # catalog
    catalog_errors.VendorNotFound: Rule(
        HTTPStatus.NOT_FOUND,
        "vendor_not_found",
        "You do not sell under this name. Take it on the page `details.createUrl` names, or check"
        " its spelling.",
        details=lambda error: {"vendor": error.slug, "createUrl": vendor_url()},
    ),
    catalog_errors.InvalidVendor: _INVALID_FIELD,
    catalog_errors.InvalidListing: _INVALID_FIELD,
    catalog_errors.ListingRetired: Rule(
        HTTPStatus.CONFLICT,
        "listing_retired",
        "This listing was retired and takes no more releases. Publish under another name.",
    ),
    catalog_errors.TypeChanged: Rule(
        HTTPStatus.CONFLICT,
        "type_changed",
        "A package keeps its type. Publish this one under another name.",
        details=lambda error: {"was": error.was, "becomes": error.becomes},
    ),
    catalog_errors.InvalidPosition: _INVALID_CURSOR,
    # payments
    payments_errors.PaymentUnavailable: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "payment_unavailable",
        "This listing costs money, and this marketplace cannot take any yet. Choose a free one.",
        details=lambda error: {"priceCents": error.price_cents},
    ),
    payments_errors.NotOffered: Rule(
        HTTPStatus.CONFLICT,
        "not_offered",
        "This listing takes no new buyers. Who has it may still install it.",
    ),
    payments_errors.IdempotencyKeyMissing: Rule(
        HTTPStatus.BAD_REQUEST,
        "idempotency_key_missing",
        "This moves money: send an `Idempotency-Key`, such as a UUID, and the same one when you"
        " repeat it.",
    ),
    payments_errors.InvalidIdempotencyKey: Rule(
        HTTPStatus.BAD_REQUEST,
        "invalid_idempotency_key",
        "Send an `Idempotency-Key` of 1 to 255 visible ASCII characters, such as a UUID.",
    ),
    payments_errors.IdempotencyKeyReused: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This `Idempotency-Key` was used for another request. Take a new one for each request.",
    ),
    payments_errors.IdempotencyKeyInUse: Rule(
        HTTPStatus.CONFLICT,
        "idempotency_key_in_use",
        "A request under this `Idempotency-Key` is being worked on. Wait as `Retry-After` says,"
        " then repeat it.",
        headers=lambda _: {"Retry-After": "1"},
    ),
    payments_errors.Overdraft: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "insufficient_funds",
        "The wallet holds too little. Top it up by what is missing, then repeat the request.",
        details=lambda error: {"shortfallCents": error.missing_cents},
    ),
    payments_errors.AccountFrozen: Rule(
        HTTPStatus.FORBIDDEN,
        "wallet_frozen",
        "This wallet is frozen because a payment into it was disputed. Write to support.",
    ),
    payments_errors.AlreadyPosted: Rule(
        HTTPStatus.CONFLICT,
        "already_done",
        "This has been done already. Look at its state before you repeat it.",
    ),
    # releases
    releases_errors.InvalidUpload: _INVALID_FIELD,
    releases_errors.UploadTooLarge: Rule(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_large",
        "The archive is larger than a package may be. Leave out what it does not need.",
        details=lambda error: {"limitBytes": error.limit_bytes},
    ),
    releases_errors.UploadLimitReached: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many uploads of this vendor. Wait as many seconds as `Retry-After` says.",
        headers=lambda error: {"Retry-After": str(ceil(error.retry_after.total_seconds()))},
    ),
    releases_errors.VersionTaken: Rule(
        HTTPStatus.CONFLICT,
        "version_taken",
        "This version exists, or is being examined. Raise the version and publish again.",
        details=lambda error: {"name": error.name, "version": error.version},
    ),
    releases_errors.WrongState: Rule(
        HTTPStatus.CONFLICT,
        "wrong_state",
        "The release is in another state by now. Look at it again.",
        details=lambda error: {"state": error.state.value, "wanted": error.wanted.value},
    ),
    releases_errors.ReasonMissing: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_fields",
        _INVALID,
        details=lambda _: {"reason": ["Say why; others will read it."]},
    ),
    releases_errors.InvalidDispute: _INVALID_FIELD,
    releases_errors.NothingToDispute: Rule(
        HTTPStatus.CONFLICT,
        "nothing_to_dispute",
        "This finding counts for nothing any more, so there is nothing to contest.",
    ),
    releases_errors.FormNotDisputable: Rule(
        HTTPStatus.CONFLICT,
        "nothing_to_dispute",
        "This is about the form of the package, which nobody can let through. Mend it and upload"
        " it again.",
    ),
    releases_errors.AlreadyDisputed: Rule(
        HTTPStatus.CONFLICT,
        "already_disputed",
        "You have contested this finding before. Its release shows the answer, or that we look"
        " at it.",
    ),
    releases_errors.DisputeLimitReached: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many findings contested today. Wait as many seconds as `Retry-After` says.",
        headers=lambda error: {"Retry-After": str(ceil(error.retry_after.total_seconds()))},
    ),
    releases_errors.DisputeDecided: Rule(
        HTTPStatus.CONFLICT,
        "dispute_decided",
        "Somebody else has answered this dispute by now. Look at it again.",
    ),
    releases_errors.CaseClosed: Rule(
        HTTPStatus.CONFLICT,
        "case_closed",
        "Nothing about this release waits for a decision any more. Look at it again.",
    ),
    releases_errors.ScannedMeanwhile: Rule(
        HTTPStatus.CONFLICT,
        "scanned_meanwhile",
        "The release was scanned again meanwhile. Read what was found now, then decide.",
    ),
    releases_errors.ExceptionWithdrawn: Rule(
        HTTPStatus.CONFLICT,
        "exception_withdrawn",
        "Somebody else has withdrawn this exception by now. Look at it again.",
    ),
    releases_errors.RevocationWaiting: Rule(
        HTTPStatus.CONFLICT,
        "revocation_waiting",
        "Somebody has asked that this release be taken out for good. Confirm or decline that"
        " first.",
    ),
    releases_errors.RevocationEnded: Rule(
        HTTPStatus.CONFLICT,
        "revocation_ended",
        "Somebody else has confirmed or declined this revocation by now. Look at it again.",
    ),
    releases_errors.SecondPersonNeeded: Rule(
        HTTPStatus.FORBIDDEN,
        "second_person_needed",
        "You have asked for this revocation yourself. Somebody else must confirm it.",
    ),
    releases_errors.NothingToScan: Rule(
        HTTPStatus.CONFLICT,
        "nothing_to_scan",
        "In its state no scan of this release would change anything.",
    ),
    releases_errors.NothingPublished: Rule(
        HTTPStatus.NOT_FOUND,
        "version_not_found",
        "This listing has no such version to install. Its page lists those it has.",
    ),
    releases_errors.EntitlementRequired: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "entitlement_required",
        "You do not have this listing yet. Get it with `POST /v1/purchases`, or on its page.",
        details=lambda error: {
            "listing": error.listing.name,
            "priceCents": error.listing.price_cents,
            "purchaseUrl": f"{settings.SITE_URL}/{error.listing.name}",
        },
    ),
    releases_errors.ReleaseSuspended: Rule(
        HTTPStatus.LOCKED,
        "release_suspended",
        "A moderator has stopped this version for now. Install another, or try again later.",
    ),
    releases_errors.ReleaseRevoked: Rule(
        HTTPStatus.GONE,
        "release_revoked",
        "This version was taken out for good. Remove it where it is installed.",
    ),
    releases_errors.LinkRefused: Rule(
        HTTPStatus.FORBIDDEN,
        "link_refused",
        "This link is not one of ours, or its time is over. Ask for a fresh one.",
    ),
    # limits
    RateLimited: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests. Wait as many seconds as `Retry-After` says.",
        headers=lambda error: error.headers(),
    ),
    LimiterUnavailable: _UNAVAILABLE,
    # Django
    Http404: _NOT_FOUND,
    django_errors.ObjectDoesNotExist: _NOT_FOUND,
    django_errors.PermissionDenied: _FORBIDDEN,
    django_errors.ValidationError: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_fields", _INVALID, details=_validation_details
    ),
    django_errors.BadRequest: _BAD_REQUEST,
    django_errors.SuspiciousOperation: _BAD_REQUEST,
    django_errors.RequestDataTooBig: _TOO_LARGE,
    django_errors.TooManyFieldsSent: _TOO_LARGE,
    django_errors.TooManyFilesSent: _TOO_LARGE,
    MultiPartParserError: _BAD_REQUEST,
    UnreadablePostError: _BAD_REQUEST,
    # what we depend on
    OperationalError: _UNAVAILABLE,
    InterfaceError: _UNAVAILABLE,
    redis.ConnectionError: _UNAVAILABLE,
    redis.TimeoutError: _UNAVAILABLE,
    sqlite3.OperationalError: _UNAVAILABLE,
    # the API framework
    rest_errors.NotAuthenticated: _SIGN_IN,
    rest_errors.AuthenticationFailed: _SIGN_IN,
    rest_errors.PermissionDenied: _FORBIDDEN,
    rest_errors.NotFound: _NOT_FOUND,
    rest_errors.ParseError: Rule(
        HTTPStatus.BAD_REQUEST,
        "malformed_json",
        "The body is not the JSON we can read. Check its syntax and nesting.",
    ),
    rest_errors.ValidationError: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_fields",
        _INVALID,
        details=_rest_validation_details,
    ),
    rest_errors.MethodNotAllowed: Rule(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address knows other methods; the `Allow` header lists them.",
    ),
    rest_errors.NotAcceptable: _BAD_REQUEST,
    rest_errors.UnsupportedMediaType: Rule(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "Send JSON with `Content-Type: application/json`.",
    ),
    rest_errors.Throttled: Rule(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        "Too many requests. Wait as many seconds as `Retry-After` says.",
        headers=_rest_wait,
    ),
}
