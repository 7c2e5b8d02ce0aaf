"""The payment sandbox as tests run it: a process of its own, and a site that takes its events."""

import contextlib
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import httpx

_ROOT = Path(__file__).resolve().parents[2]
# Long, because a machine may be busy with other tests; nobody waits for it who need not.
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
_PORTS = range(20_000, 32_000)

KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"
SITE = "http://site.example"


@dataclass(slots=True)
class PaymentSandbox:
    """A running sandbox; `control` speaks to its `/_sandbox/` API."""

    port: int
    webhook: str
    state: Path
    site: str = SITE
    process: "subprocess.Popen[bytes] | None" = None
    # One for all: to make a client takes longer than to ask.
    client: httpx.Client = field(default_factory=httpx.Client)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a process of the site needs in order to pay here."""
        return {
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "STRIPE_API_URL": self.url,
        }

    def start(self) -> None:
        """Run it, and wait until it answers."""
        command = [sys.executable, "-m", "payments.sandbox", "--port", str(self.port)]
        command += ["--webhook", self.webhook, "--secret", WEBHOOK_SECRET, "--key", KEY]
        command += ["--state", str(self.state), "--site", self.site]
        # A time-out of a millisecond is as unknown as one of five seconds.
        command += ["--hang", "0.01", "--retry", "0.05"]
        self.process = subprocess.Popen(command, cwd=_ROOT)
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if is_reachable(self.port):
                return
            time.sleep(0.02)
        raise RuntimeError("the payment sandbox did not start")

    def stop(self) -> None:
        """End it in order."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(_STOP_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(_STOP_SECONDS)

    def control(self, path: str, /, **form: str) -> dict[str, Any]:
        """Do something below `/_sandbox/`; returns what it answers."""
        answer = self.client.post(f"{self.url}/_sandbox/{path}", data=form, headers=_AUTHORIZATION)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def look(self, path: str) -> dict[str, Any]:
        """Read something below `/_sandbox/`."""
        answer = self.client.get(f"{self.url}/_sandbox/{path}", headers=_AUTHORIZATION)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def has_met_fault(self) -> bool:
        """Tell whether the request has come for which a fault was armed."""
        with contextlib.closing(sqlite3.connect(self.state)) as state:
            return bool(state.execute("SELECT 1 FROM fault WHERE times = 0").fetchone())

    @property
    def totals(self) -> dict[str, int]:
        """How much money went which way."""
        return self.look("totals")

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request it has seen below /v1."""
        found: list[dict[str, Any]] = self.look("requests")["data"]
        return found


_AUTHORIZATION = {"Authorization": f"Bearer {KEY}"}


@dataclass(slots=True)
class Receiver:
    """A site that only takes events, and answers `status`."""

    url: str = ""
    status: int = 200
    taken: list[tuple[bytes, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            self.status = 200
            self.taken.clear()


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver for as long as the context lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.lock:
                receiver.taken.append((body, self.headers.get("Stripe-Signature", "")))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """Return a port that nobody listens at, and that stays free while a sandbox starts again.

    The system hands out none of these by itself (`net.ipv4.ip_local_port_range`), so no connection
    of anybody takes it meanwhile, nor meets itself there.
    """
    for port in random.sample(_PORTS, len(_PORTS)):
        with contextlib.suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("every port is taken")


def is_reachable(port: int) -> bool:
    """Tell whether somebody listens at a port of this machine."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@contextlib.contextmanager
def running(folder: Path, *, webhook: str, site: str = SITE) -> Iterator[PaymentSandbox]:
    """Run a sandbox on a free port for as long as the context lasts."""
    sandbox = PaymentSandbox(free_port(), webhook, folder / "sandbox.sqlite3", site)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.kill()
        sandbox.client.close()
