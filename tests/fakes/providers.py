"""Sign-in providers on loopback, in the shape of GitHub, Google and any OpenID Connect server."""

import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import WSGIEnvironment

from tests.fakes.code_grant import (
    CLIENT_ID,
    CLIENT_SECRET,
    Answer,
    FakeProvider,
    Fault,
    Person,
    base64url,
    form_of,
    query_of,
)
from tests.fakes.openid_provider import FakeOpenID, openid_server

_GOOGLE_KEY = b"a shared secret of thirty-two bytes or more"


class FakeGitHub(FakeProvider):
    """https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps."""

    def profile(self, person: Person) -> dict[str, Any]:
        """Return `GET /user`."""
        return {
            "id": int(person.uid),
            "login": person.login,
            "name": person.name,
            "email": None,
            "avatar_url": f"https://avatars.example.com/{person.uid}",
        }

    def route(self, path: str, environ: WSGIEnvironment) -> Answer | None:
        """Answer the web flow and the two API calls a sign-in makes."""
        if path == "/login/oauth/authorize":
            return self.authorize(query_of(environ))
        if path == "/login/oauth/access_token":
            return self.exchange(form_of(environ))
        if path == "/api/v3/user":
            return self.told(environ)
        if path == "/api/v3/user/emails" and (person := self.bearer(environ)):
            address = {"email": person.email, "primary": True, "verified": person.is_verified}
            return Answer(body=[address])
        return None


class FakeGoogle(FakeProvider):
    """https://developers.google.com/identity/openid-connect/openid-connect."""

    def extra(self, person: Person) -> dict[str, Any]:
        """Return the id_token."""
        now = int(time.time())
        claims = {"iss": self.base_url, "aud": CLIENT_ID, "iat": now, "exp": now + 3600}
        if self.fault is Fault.WRONG_SHAPE:
            return {"id_token": "three.wrong.parts"}
        return {"id_token": _id_token(claims | self.profile(person))}

    def profile(self, person: Person) -> dict[str, Any]:
        """Return the claims about the person."""
        given, _, family = person.name.partition(" ")
        return {
            "sub": person.uid,
            "email": person.email,
            "email_verified": person.is_verified,
            "given_name": given,
            "family_name": family,
            "picture": f"https://pictures.example.com/{person.uid}",
        } | ({"auth_time": person.authenticated_at} if person.authenticated_at else {})

    def route(self, path: str, environ: WSGIEnvironment) -> Answer | None:
        """Answer the code flow."""
        if path == "/authorize":
            return self.authorize(query_of(environ))
        if path == "/token":
            return self.exchange(form_of(environ))
        if path == "/userinfo":
            return self.told(environ)
        return None


@dataclass(frozen=True, slots=True)
class Providers:
    """The three, running."""

    github: FakeGitHub
    google: FakeGoogle
    sso: FakeOpenID

    def __getitem__(self, provider_id: str) -> FakeProvider:
        """Return one by the id that URLs use."""
        found: FakeProvider = getattr(self, provider_id)
        return found

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings that point a site at these providers."""
        google = self.google.base_url
        return {
            "GITHUB_CLIENT_ID": CLIENT_ID,
            "GITHUB_CLIENT_SECRET": CLIENT_SECRET,
            "GITHUB_URL": self.github.base_url,
            "GOOGLE_CLIENT_ID": CLIENT_ID,
            "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
            "GOOGLE_AUTHORIZE_URL": f"{google}/authorize",
            "GOOGLE_ACCESS_TOKEN_URL": f"{google}/token",
            "GOOGLE_IDENTITY_URL": f"{google}/userinfo",
            "GOOGLE_ID_TOKEN_ISSUER": google,
            "OIDC_ID": "sso",
            "OIDC_NAME": "Company SSO",
            "OIDC_SERVER_URL": self.sso.base_url,
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OAUTH_TIMEOUT": "1",
        }


@contextmanager
def running() -> Iterator[Providers]:
    """Run the three providers for as long as the context lasts."""
    with openid_server() as server_url:
        providers = Providers(FakeGitHub(), FakeGoogle(), FakeOpenID(server_url))
        with _served(providers.github), _served(providers.google), _served(providers.sso):
            yield providers
        providers.sso.close()


def _id_token(claims: dict[str, Any]) -> str:
    """Return claims as a token signed by HS256 (RFC 7515)."""
    head, body = ({"alg": "HS256", "typ": "JWT"}, claims)
    signed = ".".join(base64url(json.dumps(part).encode()) for part in (head, body))
    signature = hmac.digest(_GOOGLE_KEY, signed.encode(), "sha256")
    return f"{signed}.{base64url(signature)}"


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a test's output is its own."""


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def _served(provider: FakeProvider) -> Iterator[None]:
    server = make_server("127.0.0.1", 0, provider, server_class=_Threaded, handler_class=_Quiet)
    provider.base_url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
