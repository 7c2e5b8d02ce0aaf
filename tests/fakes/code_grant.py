"""What the stand-ins for sign-in providers share: the code grant of RFC 6749 with RFC 7636.

Each verifies what the real one would: client secret, redirect URI, PKCE, a code's single use. What
goes wrong next is set by `fault`; who signs in by `person`.
"""

import base64
import hashlib
import io
import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

CLIENT_ID = "mog-test-client"
CLIENT_SECRET = "mog-test-client-secret"
# Longer than the OAUTH_TIMEOUT that `Providers.environment` sets.
TOO_LONG_SECONDS = 1.5


class Fault(StrEnum):
    """What a provider can do wrong."""

    NONE = ""
    DENIED = "denied"
    SERVER_ERROR = "server error"
    GARBAGE = "garbage"
    WRONG_SHAPE = "wrong shape"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account at the provider."""

    uid: str = "1001"
    login: str = "octocat"
    name: str = "Mona Octocat"
    email: str = "octocat@example.com"
    is_verified: bool = True
    # When Google says the person last proved who they are (`auth_time`); silent without.
    authenticated_at: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with JSON, or with a place to go."""

    status: str = "200 OK"
    body: Any = None
    location: str = ""


@dataclass
class FakeProvider:
    """State and rules that GitHub and Google share: the code grant of RFC 6749 with RFC 7636."""

    person: Person = field(default_factory=Person)
    fault: Fault = Fault.NONE
    base_url: str = ""
    # Each authorization request's query, in order: what a test asks about prompt and state.
    asked: list[dict[str, str]] = field(default_factory=list)
    # How many codes were exchanged with a verifier that matched its challenge.
    proven_exchanges: int = 0
    _codes: dict[str, tuple[Person, dict[str, str]]] = field(default_factory=dict)
    _tokens: dict[str, Person] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget what the last test did."""
        self.person, self.fault = Person(), Fault.NONE
        self.asked.clear()
        self.proven_exchanges = 0

    @property
    def issued_tokens(self) -> list[str]:
        """Return the access tokens that were handed out."""
        return list(self._tokens)

    def authorize(self, query: dict[str, str]) -> Answer:
        """Send the browser back with a code, or with an error."""
        self.asked.append(query)
        if self.fault is Fault.DENIED:
            return self.back(query, error="access_denied")
        code = secrets.token_urlsafe(16)
        self._codes[code] = (self.person, query)
        return self.back(query, code=code)

    def exchange(self, form: dict[str, str]) -> Answer:
        """Give an access token for a code, once, to the client that asked for it."""
        if self.fault is Fault.SERVER_ERROR:
            return Answer("500 Internal Server Error", {"error": "server_error"})
        if self.fault is Fault.GARBAGE:
            return Answer(body="<html>not what you think")
        if self.fault is Fault.SLOW:
            time.sleep(TOO_LONG_SECONDS)
            return Answer("504 Gateway Timeout", {"error": "server_error"})
        person, query = self._codes.pop(form.get("code", ""), (None, {}))
        if person is None or not _is_same_client(query, form) or not is_proven(query, form):
            return Answer("400 Bad Request", {"error": "invalid_grant"})
        self.proven_exchanges += 1
        token = secrets.token_urlsafe(16)
        self._tokens[token] = person
        return Answer(body={"access_token": token, "token_type": "bearer"} | self.extra(person))

    def extra(self, _person: Person) -> dict[str, Any]:
        """Return what else the token answer holds."""
        return {}

    def bearer(self, environ: WSGIEnvironment) -> Person | None:
        """Return who an access token stands for."""
        return self._tokens.get(environ.get("HTTP_AUTHORIZATION", "").rpartition(" ")[2])

    def profile(self, person: Person) -> Any:
        """Return the account as the provider's API tells it, if it has one."""
        return {}

    def route(self, path: str, environ: WSGIEnvironment) -> Answer | None:
        """Return the answer for a path, None for one that does not exist."""
        return None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer as a WSGI application."""
        answer = self.route(environ["PATH_INFO"], environ) or Answer("404 Not Found", {})
        if answer.location:
            start("302 Found", [("Location", answer.location)])
            return [b""]
        content_type = "text/html" if isinstance(answer.body, str) else "application/json"
        start(answer.status, [("Content-Type", content_type)])
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        return [text.encode()]

    def back(self, query: dict[str, str], **result: str) -> Answer:
        """Return the way back to the site with a result."""
        result["state"] = query.get("state", "")
        return Answer(location=f"{query['redirect_uri']}?{urlencode(result)}")

    def told(self, environ: WSGIEnvironment) -> Answer:
        """Return what the provider tells about whoever an access token stands for."""
        person = self.bearer(environ)
        if person is None:
            return Answer("401 Unauthorized", {"message": "Bad credentials"})
        return Answer(body=["x"] if self.fault is Fault.WRONG_SHAPE else self.profile(person))


def query_of(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the query string."""
    return dict(parse_qsl(environ.get("QUERY_STRING", "")))


def form_of(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the form."""
    return dict(parse_qsl(body_of(environ).decode()))


def body_of(environ: WSGIEnvironment) -> bytes:
    """Return the body, and leave it to be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def is_proven(query: dict[str, str], form: dict[str, str]) -> bool:
    """Tell whether the verifier is the one behind the challenge (RFC 7636 section 4.6, S256)."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    is_s256 = query.get("code_challenge_method") == "S256"
    return is_s256 and query["code_challenge"] == base64url(digest)


def _is_same_client(query: dict[str, str], form: dict[str, str]) -> bool:
    return (
        form.get("client_id") == query.get("client_id") == CLIENT_ID
        and form.get("client_secret") == CLIENT_SECRET
        and form.get("redirect_uri") == query.get("redirect_uri")
        and form.get("grant_type") == "authorization_code"
    )


def base64url(data: bytes) -> str:
    """Return bytes as RFC 7515 writes them."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
