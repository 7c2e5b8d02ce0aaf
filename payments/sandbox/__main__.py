"""`python -m payments.sandbox --port 9000 --webhook URL --secret whsec_... --state FILE`."""

import argparse
import signal
import sys
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from payments.sandbox import courier, server
from payments.sandbox.store import Store
from payments.sandbox.world import World

# Longer than the port waits.
_HANG_SECONDS = 6.0
_RETRY_SECONDS = 1.0


def main() -> None:
    """Run until a signal ends it."""
    given = _arguments()
    world = _world(given)
    http = server.serve(world, port=given.port)
    courier.start(world)
    for number in (signal.SIGINT, signal.SIGTERM):
        # From a thread: the loop that is to end is the one that a signal interrupts.
        signal.signal(number, lambda *_: Thread(target=http.shutdown).start())
    http.serve_forever(poll_interval=0.1)
    sys.exit(0)


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
