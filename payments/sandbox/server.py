"""The sandbox's HTTP: reads requests with limits, asks the right room, writes answers."""

import json
import sys
import time
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from payments.sandbox import api, control, forms, pages
from payments.sandbox.refusals import Answer, error
from payments.sandbox.world import World

_BODY_BYTES = 256 * 1024
_PATIENCE_SECONDS = 30
_HOSTS = {"localhost", "127.0.0.1", "[::1]"}


def made(world: World, *, port: int) -> ThreadingHTTPServer:
    """Return a server, on loopback only, that does not listen yet."""

    class Handler(_Handler):
        room = world

    server = _Server(("127.0.0.1", port), Handler, bind_and_activate=False)
    server.daemon_threads = True
    return server


class _Server(ThreadingHTTPServer):
    # As many as may knock at once in the tests of races.
    request_queue_size = 128


class _Unreadable(Exception):
    """A request that is not even HTTP as we take it."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    room: World
    protocol_version = "HTTP/1.1"
    server_version = "mog-payment-sandbox"
    sys_version = ""
    timeout = _PATIENCE_SECONDS
    # Answers are two small writes: without this the second would wait for the client.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Look."""
        self._answer()

    def do_POST(self) -> None:
        """Change."""
        self._answer()

    def do_DELETE(self) -> None:
        """Nothing can be deleted here, and the answer says so in the provider's shape."""
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests are listed by the control API."""

    def _answer(self) -> None:
        try:
            self._give(self._request())
        except _Unreadable as problem:
            self.close_connection = True
            self._write_json(error(problem.status, "invalid_request_error", str(problem)))
        except api.Hang:
            time.sleep(self.room.hang_seconds)
            self.close_connection = True
        except Exception:  # noqa: BLE001 (a person must see it, and the caller gets an answer)
            traceback.print_exc(file=sys.stderr)
            self.close_connection = True
            self._write_json(error(500, "api_error", "The sandbox has a mistake."))

    def _give(self, request: api.Request) -> None:
        if request.path.startswith("/v1/"):
            self._write_json(api.answer(self.room, request))
        elif request.path.startswith("/_sandbox/"):
            self._write_json(control.answer(self.room, request))
        elif request.path == "/style.css":
            self._write(HTTPStatus.OK, "text/css; charset=utf-8", pages.STYLE, {})
        else:
            page = pages.answer(self.room, request)
            self._write(page.status, "text/html; charset=utf-8", page.html, page.headers)

    def _request(self) -> api.Request:
        # Pages of strangers may point a name of theirs at this machine.
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        if host not in _HOSTS:
            raise _Unreadable(HTTPStatus.MISDIRECTED_REQUEST)
        parts = urlsplit(self.path)
        headers = {name.title(): value for name, value in self.headers.items()}
        return api.Request(self.command, parts.path, parts.query, self._body(), headers)

    def _body(self) -> str:
        if self.headers.get("Transfer-Encoding"):
            raise _Unreadable(HTTPStatus.LENGTH_REQUIRED)
        length = forms.whole(self.headers.get("Content-Length", "0"), default=None)
        if length is None:
            raise _Unreadable(HTTPStatus.BAD_REQUEST)
        if length > _BODY_BYTES:
            raise _Unreadable(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            return self.rfile.read(length).decode()
        except UnicodeDecodeError as problem:
            raise _Unreadable(HTTPStatus.BAD_REQUEST) from problem

    def _write_json(self, answer: Answer) -> None:
        body = json.dumps(answer.body)
        self._write(answer.status, "application/json", body, answer.headers)

    def _write(self, status: int, kind: str, text: str, headers: dict[str, str]) -> None:
        body = text.encode()
        policy = (
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
            f"form-action 'self' {self.room.site}"
        )
        fixed = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        }
        self.send_response(status)
        for name, value in (fixed | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
