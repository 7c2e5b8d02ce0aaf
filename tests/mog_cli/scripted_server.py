"""A real HTTP server on loopback that answers as a test tells it to, faults included."""

import json
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "mog_cli_" + "0" * 30 + "3HhOns"
OLDER_TOKEN = "mog_cli_" + "1" * 30 + "10w3BG"
PERSONAL_TOKEN = "mog_pat_" + "7" * 30 + "0qgnpS"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; a dict becomes JSON."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        handler.send_response(self.status)
        for name, value in {"Content-Type": "application/json", **self.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Hang up with a TCP reset instead of answering."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True


def truncated(handler: BaseHTTPRequestHandler) -> None:
    """Promise 100 bytes and hang up after 10."""
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half": tr')
    handler.close_connection = True


def garbage(handler: BaseHTTPRequestHandler) -> None:
    """Answer something that is not HTTP."""
    handler.wfile.write(b"\x15\x03\x01\x00\x02\x02\x28")
    handler.close_connection = True


def silence(seconds: float) -> "Behaviour":
    """Say nothing for a while, then hang up."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return behave


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer a byte at a time, each soon enough, all together for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    handler.close_connection = True
    try:
        for _ in range(1000):
            handler.wfile.write(b" ")
            time.sleep(0.02)
    except OSError:
        return


def drip_headers(handler: BaseHTTPRequestHandler) -> None:
    """Answer with headers for ever, each soon enough."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    handler.close_connection = True
    try:
        for number in range(500):
            handler.wfile.write(f"X-{number}: x\r\n".encode())
            time.sleep(0.02)
    except OSError:
        return


Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


class ScriptedServer:
    """Answers each route with its script; the last entry of a script repeats."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self.seen: list[Seen] = []
        self._scripts: dict[str, list[Behaviour]] = defaultdict(list)
        self._lock = threading.Lock()

    def on(self, route: str, *script: Behaviour) -> None:
        """Script a route such as `GET /v1/users/me`."""
        self._scripts[route] = list(script)

    def requests_to(self, path: str) -> list[Seen]:
        """Return the requests to a path, in order."""
        return [seen for seen in self.seen if seen.path == path]

    def behaviour_for(self, seen: Seen) -> Behaviour:
        """Record a request and return what to do about it."""
        with self._lock:
            self.seen.append(seen)
            script = self._scripts[f"{seen.method} {seen.path}"]
            if not script:
                return Answer(404, {"code": "not_found", "message": "No such route."})
            return script.pop(0) if len(script) > 1 else script[0]


@contextmanager
def serving() -> Iterator[ScriptedServer]:
    """Run a scripted server on a free loopback port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            seen = Seen(self.command, self.path, dict(self.headers), body, time.monotonic())
            script.behaviour_for(seen)(self)

        def do_POST(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        script = ScriptedServer(http.server_port)
        http.daemon_threads = True
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield script
        finally:
            http.shutdown()
            thread.join()


POLICY = {
    "id": "pol_1",
    "name": "Default",
    "organizationId": None,
    "isDefault": True,
    "active": True,
    "maxPerPurchaseCents": 1000,
    "dailyLimitCents": 5000,
    "monthlyLimitCents": 20000,
    "requireApprovalAboveCents": 500,
    "leftTodayCents": 4510,
    "leftThisMonthCents": 19510,
}
CREDENTIAL = {
    "id": "tok_1",
    "label": "mog on laptop",
    "kind": "device",
    "prefix": TOKEN[:12],
    "scopes": ["download", "read"],
    "expiresAt": "2027-06-01T12:00:00Z",
    "spendPolicyId": None,
}
ME = {
    "id": "usr_bob",
    "username": "bob",
    "displayName": "Bob",
    "credential": CREDENTIAL,
    "organization": None,
}
# The same with a token that spends under POLICY.
BUYER = {**ME, "credential": {**CREDENTIAL, "spendPolicyId": "pol_1"}}


def grant_of(server: ScriptedServer, **changes: object) -> dict[str, object]:
    """Return an answer to the start of the device flow."""
    return {
        "deviceCode": "device-code-is-a-secret",
        "userCode": "BCDF-GHJK",
        "verificationUri": f"{server.origin}/device",
        "verificationUriComplete": f"{server.origin}/device?code=BCDFGHJK",
        "expiresIn": 900,
        "interval": 1,
        **changes,
    }
