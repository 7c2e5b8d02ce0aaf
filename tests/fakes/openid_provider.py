"""Any OpenID Connect server: one not written here, in its own process, behind rules it lacks."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx

from tests.fakes.code_grant import (
    TOO_LONG_SECONDS,
    Answer,
    FakeProvider,
    Fault,
    body_of,
    form_of,
    is_proven,
    query_of,
)

_START_SECONDS = 20.0


class FakeOpenID(FakeProvider):
    """A whole OpenID Connect server not written here, in its own process, with PKCE held before it.

    The server asks for the person in a form, which is filled here, and knows no PKCE, so its codes
    are noted on the way out and proven on the way in.
    """

    def __init__(self, server_url: str) -> None:
        super().__init__()
        self._server = httpx.Client(base_url=server_url, timeout=10)
        self._queries: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Let go of the server."""
        self._server.close()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Hold the rules, then let the server answer."""
        path = environ["PATH_INFO"]
        if path == "/oauth2/authorize":
            answer = self._authorized(environ)
            start("302 Found", [("Location", answer)])
            return [b""]
        refusal = self._refusal(environ) if path == "/oauth2/token" else None
        if refusal is not None:
            start(refusal.status, [("Content-Type", "application/json")])
            return [json.dumps(refusal.body).encode()]
        return self._forwarded(environ, start)

    def _forwarded(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        headers = {"Host": environ["HTTP_HOST"], "Content-Type": environ.get("CONTENT_TYPE", "")}
        if "HTTP_AUTHORIZATION" in environ:
            headers["Authorization"] = environ["HTTP_AUTHORIZATION"]
        answer = self._server.request(
            environ["REQUEST_METHOD"],
            f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}",
            content=body_of(environ),
            headers=headers,
        )
        content_type = ("Content-Type", answer.headers.get("content-type", "text/plain"))
        start(f"{answer.status_code} {answer.reason_phrase}", [content_type])
        return [answer.content]

    def _authorized(self, environ: WSGIEnvironment) -> str:
        query = query_of(environ)
        self.asked.append(query)
        if self.fault is Fault.DENIED:
            return self.back(query, error="access_denied").location
        person = self.person
        claims = {
            "email": person.email,
            "email_verified": person.is_verified,
            "name": person.name,
            "preferred_username": person.login,
        }
        self._server.put(f"/users/{person.uid}", json=claims).raise_for_status()
        filled = self._server.post("/oauth2/authorize", params=query, data={"sub": person.uid})
        location: str = filled.headers["location"]
        self._queries[dict(parse_qsl(urlsplit(location).query)).get("code", "")] = query
        return location

    def _refusal(self, environ: WSGIEnvironment) -> Answer | None:
        form = form_of(environ)
        if self.fault is Fault.SERVER_ERROR:
            return Answer("500 Internal Server Error", {"error": "server_error"})
        if self.fault in {Fault.GARBAGE, Fault.WRONG_SHAPE}:
            return Answer(body=["x"])
        if self.fault is Fault.SLOW:
            time.sleep(TOO_LONG_SECONDS)
            return Answer("504 Gateway Timeout", {"error": "server_error"})
        query = self._queries.pop(form.get("code", ""), {})
        if not is_proven(query, form):
            return Answer("400 Bad Request", {"error": "invalid_grant"})
        self.proven_exchanges += 1
        return None


@contextmanager
def openid_server() -> Iterator[str]:
    """Run the server for as long as the context lasts; give its URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the OpenID Connect server did not start")
