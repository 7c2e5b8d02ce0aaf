"""Events: written with the change they tell of, due for delivery as their webhook fault says."""

import copy
import time
from dataclasses import dataclass

from payments.sandbox.refusals import Json
from payments.sandbox.store import new_id, now
from payments.sandbox.world import API_VERSION, World

# How long the first of two events waits for the second that is to overtake it.
_REORDER_SECONDS = 2.0
_STEP_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class _Route:
    """How an event gets to the site: `topic` groups those that overtake each other."""

    name: str
    argument: float
    topic: str


def happened(world: World, kind: str, subject: Json, *, account: str | None = None) -> Json:
    """Write an event about an object as it is now; inside the transaction of the change."""
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now(),
        "data": {"object": copy.deepcopy(subject)},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
    if account:
        event["account"] = account
    world.store.put(event)
    _plan(world, event, _route(subject))
    world.wake.set()
    return event


def deliver(world: World, event_id: str, *, times: int = 1) -> None:
    """Have an event delivered, again or for the first time, whatever its faults."""
    for _ in range(times):
        _enqueue(world, event_id, topic="", due=time.time())
    world.wake.set()


def _route(subject: Json) -> _Route:
    name, _, argument = (subject.get("metadata") or {}).get("webhook", "").partition(":")
    is_number = argument.replace(".", "", 1).isdigit()
    topic = subject.get("payment_intent") or subject["id"]
    return _Route(name, float(argument) if is_number else 0.0, topic)


def _plan(world: World, event: Json, route: _Route) -> None:
    at = time.time()
    if route.name == "drop" or world.store.setting("webhooks", "deliver") == "drop":
        _enqueue(world, event["id"], topic=route.topic, due=at, state="dropped")
    elif route.name == "delay":
        _enqueue(world, event["id"], topic=route.topic, due=at + route.argument)
    elif route.name == "duplicate":
        _enqueue(world, event["id"], topic=route.topic, due=at)
        _enqueue(world, event["id"], topic=route.topic, due=at)
    elif route.name == "reorder":
        _overtake(world, event, route.topic, at)
    else:
        _enqueue(world, event["id"], topic=route.topic, due=at)


def _overtake(world: World, event: Json, topic: str, at: float) -> None:
    """Let those before it wait until this one is out; the first of all waits for a second."""
    held = world.store.rows(
        "SELECT seq FROM delivery WHERE topic = ? AND state = 'waiting' ORDER BY due, seq", topic
    )
    if not held:
        _enqueue(world, event["id"], topic=topic, due=at + _REORDER_SECONDS)
        return
    _enqueue(world, event["id"], topic=topic, due=at)
    for step, (seq,) in enumerate(held, 1):
        world.store.rows(
            "UPDATE delivery SET due = ? WHERE seq = ?", at + step * _STEP_SECONDS, seq
        )


def _enqueue(
    world: World, event_id: str, *, topic: str, due: float, state: str = "waiting"
) -> None:
    world.store.rows(
        "INSERT INTO delivery (event, topic, due, state) VALUES (?, ?, ?, ?)",
        event_id,
        topic,
        due,
        state,
    )
