"""The one way to the payment provider: its client, its time limits, its errors in our words."""

import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import stripe
from django.conf import settings
from django.db import connections

from payments.stripe_port.errors import (
    AuthenticationRequired,
    CalledInTransaction,
    OutcomeUnknown,
    ProviderBusy,
    ProviderDeclined,
    ProviderError,
    ProviderNotConfigured,
    ProviderRefused,
)
from payments.stripe_port.values import Intent

API_VERSION = "2026-10-28.endive"
_TIMEOUT_SECONDS = 5.0
# The library repeats the key with each of them.
_RETRIES = 2
# As many as a list may hold (docs.stripe.com/api/pagination).
PAGE_SIZE = 100

# How our servers do is not the provider's to know.
stripe.enable_telemetry = False
# It would tell of every request.
logging.getLogger("stripe").setLevel(logging.WARNING)

# Whether an attempt of the present call has left and was never answered. The library tells of its
# last attempt only: a refused connection may follow a payment that went through.
_is_open: ContextVar[bool] = ContextVar("_is_open", default=False)


@contextmanager
def provider_call() -> Iterator[stripe.StripeClient]:
    """Lend the client for one call; raises ProviderError, and CalledInTransaction before it."""
    _require_no_transaction()
    client = _client(required("STRIPE_SECRET_KEY"), settings.STRIPE_API_URL)
    token = _is_open.set(False)
    try:
        yield client
    except stripe.StripeError as error:
        raise _translated(error, is_open=_is_open.get()) from error
    finally:
        _is_open.reset(token)


def required(setting: str) -> str:
    """Return a setting that no call can do without; raises ProviderNotConfigured."""
    value: str = getattr(settings, setting)
    if not value:
        raise ProviderNotConfigured(setting)
    return value


class _WatchfulClient(stripe.RequestsClient):
    """Remembers whether a request that changes something went off without an answer."""

    def request(  # type: ignore[override]  # the library overrides it no better
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        try:
            return super().request(method, url, headers, post_data)
        except stripe.APIConnectionError as error:
            if method.lower() != "get" and not self._never_left(error):
                _is_open.set(True)
            raise

    def _never_left(self, error: BaseException | None) -> bool:
        before = (ConnectionRefusedError, socket.gaierror, self.requests.exceptions.ConnectTimeout)
        while error is not None:
            if isinstance(error, before):
                return True
            error = error.__cause__ or error.__context__
        return False


@lru_cache(maxsize=8)
def _client(key: str, url: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": url} if url else {},
        max_network_retries=_RETRIES,
        http_client=_WatchfulClient(timeout=_TIMEOUT_SECONDS),
    )


def _require_no_transaction() -> None:
    for connection in connections.all(initialized_only=True):
        blocks = connection.atomic_blocks
        # As for `atomic(durable=True)`: the block around a whole test does not count.
        if blocks and not blocks[-1]._from_testcase:  # type: ignore[attr-defined]  # private
            raise CalledInTransaction


def _translated(error: stripe.StripeError, *, is_open: bool) -> ProviderError:
    if isinstance(error, stripe.CardError):
        return _card_refusal(error)
    if isinstance(
        error,
        stripe.InvalidRequestError
        | stripe.IdempotencyError
        | stripe.AuthenticationError
        | stripe.PermissionError,
    ):
        return _refusal(error)
    if is_open or _answered_unreadably(error):
        return OutcomeUnknown(str(error))
    if isinstance(error, stripe.APIError) and _is_final(error.http_status):
        return _refusal(error)
    return ProviderBusy(str(error))


def _card_refusal(error: stripe.CardError) -> ProviderError:
    detail = error.error
    raw = detail.payment_intent if detail and "payment_intent" in detail else None
    intent = Intent.of(raw) if raw else None
    if error.code == "authentication_required":
        return AuthenticationRequired(intent)
    decline = detail.decline_code if detail and "decline_code" in detail else None
    return ProviderDeclined(decline or error.code or "card_error", intent=intent)


def _refusal(error: stripe.StripeError) -> ProviderRefused:
    kind = error.error.type if error.error and "type" in error.error else None
    return ProviderRefused(error.code or kind or "refused", error.user_message or "")


def _answered_unreadably(error: stripe.StripeError) -> bool:
    status = error.http_status
    return isinstance(error, stripe.APIError) and status is not None and status < HTTPStatus(300)


def _is_final(status: int | None) -> bool:
    """Answer whether a status says that repeating cannot help; a conflict ends by itself."""
    return status is not None and 400 <= status < 500 and status != HTTPStatus.CONFLICT
