"""Say in plain words why no answer came."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from mog_cli.errors import ConnectionFailed

_CHECK_ADDRESS = "Check your internet connection and, if you set it, MOG_API_URL."
_TRY_LATER = "Try again in a moment."


def explain(error: Exception, *, origin: str) -> ConnectionFailed:
    """Return the failure behind an exception of httpx, in words for a person."""
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _about_tls(cause, origin=origin)
        if isinstance(cause, socket.gaierror):
            return _about_name(cause, origin=origin)
    return _about_connection(error, origin=origin)


def _about_tls(error: ssl.SSLError, *, origin: str) -> ConnectionFailed:
    if isinstance(error, ssl.SSLCertVerificationError):
        message = f"The certificate of {origin} was refused: {error.verify_message}."
        advice = (
            "Check the clock of this computer. Behind a company proxy, point SSL_CERT_FILE "
            "at its certificate."
        )
    else:
        message = f"No secure connection to {origin}: {error.reason or error}."
        advice = "The server may not speak TLS at this address: check MOG_API_URL."
    return ConnectionFailed(message, code="tls_error", advice=advice, is_passing=False)


def _about_name(error: socket.gaierror, *, origin: str) -> ConnectionFailed:
    return ConnectionFailed(
        f"The name in {origin} could not be looked up: {error.strerror}.",
        code="name_not_found",
        advice=_CHECK_ADDRESS,
        is_passing=error.errno == socket.EAI_AGAIN,
    )


def _about_connection(error: Exception, *, origin: str) -> ConnectionFailed:
    if isinstance(error, httpx.ProxyError):
        return ConnectionFailed(
            f"The proxy on the way to {origin} refused: {error}.",
            advice="Check HTTPS_PROXY and NO_PROXY.",
            is_passing=False,
        )
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return ConnectionFailed(
            f"No connection to {origin}: {_reason(error)}.", advice=_CHECK_ADDRESS, is_passing=True
        )
    if isinstance(error, httpx.TimeoutException):
        return ConnectionFailed(
            f"{origin} took too long to answer.",
            code="timeout",
            advice=_TRY_LATER,
            is_passing=False,
        )
    if isinstance(error, httpx.DecodingError):
        return ConnectionFailed(
            f"The answer of {origin} could not be unpacked.",
            code="unexpected_answer",
            advice="A proxy may have changed it on the way.",
            is_passing=False,
        )
    return ConnectionFailed(
        f"The connection to {origin} broke before the answer was complete.",
        code="connection_lost",
        advice=_TRY_LATER,
        is_passing=True,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "it did not accept one in time"
    for cause in _chain(error):
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there"
    return str(error) or "it failed"


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
