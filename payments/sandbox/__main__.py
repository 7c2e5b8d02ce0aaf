"""`python -m payments.sandbox --port 9000 --webhook URL --secret whsec_... --state FILE`."""

import argparse
import signal
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from payments.sandbox import courier, server
from payments.sandbox.store import Store
from payments.sandbox.world import World

# Longer than the port waits.
_HANG_SECONDS = 6.0
_RETRY_SECONDS = 1.0
_ENDS = {signal.SIGINT, signal.SIGTERM}


def main() -> None:
    """Run until a signal ends it."""
    given = _arguments()
    world = _world(given)
    http = server.made(world, port=given.port)
    # Waited for, not handled: a handler may find its own thread within a lock that it needs.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    # Only now: whoever can reach it can also end it in order.
    http.server_bind()
    http.server_activate()
    courier.start(world)
    Thread(target=http.serve_forever, args=(0.1,), daemon=True, name="port").start()
    signal.sigwait(_ENDS)
    http.shutdown()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m payments.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook", required=True, help="where events are sent")
    parser.add_argument("--secret", required=True, help="what they are signed with")
    parser.add_argument("--state", type=Path, required=True, help="the SQLite file")
    parser.add_argument("--key", default="sk_test_sandbox", help="the key that callers have")
    parser.add_argument("--site", default="", help="the site that people are sent back to")
    parser.add_argument("--hang", type=float, default=_HANG_SECONDS, help="seconds of a time-out")
    parser.add_argument("--retry", type=float, default=_RETRY_SECONDS, help="first webhook wait")
    given = parser.parse_args()
    if urlsplit(given.webhook).scheme != "http":
        parser.error("--webhook must be an http:// address: the sandbox speaks no TLS")
    return given


def _world(given: argparse.Namespace) -> World:
    site = urlsplit(given.site or given.webhook)
    given.state.parent.mkdir(parents=True, exist_ok=True)
    return World(
        store=Store(given.state),
        url=f"http://localhost:{given.port}",
        site=f"{site.scheme}://{site.netloc}",
        key=given.key,
        webhook=given.webhook,
        secret=given.secret,
        hang_seconds=given.hang,
        retry_seconds=given.retry,
    )


if __name__ == "__main__":
    main()
