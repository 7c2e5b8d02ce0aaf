"""The thread that brings events to the site, signed, again and again until it takes them."""

import hashlib
import hmac
import json
import time
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import urlsplit

from payments.sandbox.world import World

_TIMEOUT_SECONDS = 10
_ATTEMPTS = 12
_LONGEST_WAIT_SECONDS = 60.0
_LOOK_SECONDS = 0.5


def start(world: World) -> Thread:
    """Run the courier for as long as the process lives."""
    thread = Thread(target=_run, args=(world,), daemon=True, name="courier")
    thread.start()
    return thread


def signature(body: bytes, secret: str, *, at: int) -> str:
    """Return the header that proves who wrote a body (docs.stripe.com/webhooks#verify-manually)."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


def _run(world: World) -> None:
    while True:
        world.wake.clear()
        with world.sending:
            has_sent = _deliver_next(world)
        if not has_sent:
            world.wake.wait(_wait_seconds(world))


def _wait_seconds(world: World) -> float:
    due = world.store.rows("SELECT min(due) FROM delivery WHERE state = 'waiting'")[0][0]
    if due is None or world.store.setting("webhooks", "deliver") == "hold":
        return _LOOK_SECONDS
    return min(_LOOK_SECONDS, max(0.001, float(due) - time.time()))


def _deliver_next(world: World) -> bool:
    """Deliver what is due first; answer whether anything was."""
    if world.store.setting("webhooks", "deliver") == "hold":
        return False
    due = world.store.rows(
        "SELECT d.seq, d.attempts, o.body FROM delivery d JOIN object o ON o.id = d.event"
        " WHERE d.state = 'waiting' AND d.due <= ? ORDER BY d.due, d.seq LIMIT 1",
        time.time(),
    )
    if not due:
        return False
    seq, attempts, event = due[0]
    answer = _send(world, event)
    state, wait = _next(world, answer, attempts + 1)
    world.store.rows(
        "UPDATE delivery SET state = ?, attempts = ?, answer = ?, due = ? WHERE seq = ?",
        *(state, attempts + 1, answer, time.time() + wait, seq),
    )
    return True


def _next(world: World, answer: str, attempts: int) -> tuple[str, float]:
    if answer.startswith("2"):
        return "delivered", 0.0
    if attempts >= _ATTEMPTS:
        return "failed", 0.0
    return "waiting", min(_LONGEST_WAIT_SECONDS, world.retry_seconds * 2 ** (attempts - 1))


def _send(world: World, event: str) -> str:
    """Return the status the site has answered with, or why there is none."""
    body = json.dumps(json.loads(event), indent=2).encode()
    target = urlsplit(world.webhook)
    connection = HTTPConnection(target.hostname or "", target.port or 80, timeout=_TIMEOUT_SECONDS)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, world.secret, at=int(time.time())),
        "User-Agent": "Stripe/1.0 (mog payment sandbox)",
    }
    try:
        connection.request("POST", target.path or "/", body, headers)
        return str(connection.getresponse().status)
    except (OSError, HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
