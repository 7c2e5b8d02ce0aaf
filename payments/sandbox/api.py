"""The provider's API below /v1: who may call, which operation, once per idempotency key."""

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from payments.sandbox import cards, connect, faults, forms, intents, lists, refunds, setups
from payments.sandbox.refusals import Answer, Json, Refusal, error
from payments.sandbox.store import new_id
from payments.sandbox.world import World

_KEY_LENGTH = 255
_ID = r"([A-Za-z0-9_]{1,80})"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it came in; `query` and `body` are still encoded."""

    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]

    @property
    def key(self) -> str:
        """The idempotency key, which only requests that change something have."""
        return self.headers.get("Idempotency-Key", "") if self.method == "POST" else ""


class Hang(Exception):
    """Let the caller wait, and hang up without an answer."""


_Operation = Callable[..., Json | Answer]


def _getter(kind: str) -> _Operation:
    def get(world: World, object_id: str, form: Json) -> Json:
        forms.only(form, "client_secret")
        return world.store.get(kind, object_id)

    return get


def _lister(kind: str, url: str, *by: str) -> _Operation:
    def list_all(world: World, form: Json) -> Json:
        return lists.answer(world, kind, url, form, by=by)

    return list_all


_ROUTES: tuple[tuple[str, str, _Operation], ...] = (
    ("POST", "/v1/payment_intents", intents.create),
    ("GET", "/v1/payment_intents", _lister("payment_intent", "/v1/payment_intents", "customer")),
    ("GET", f"/v1/payment_intents/{_ID}", _getter("payment_intent")),
    ("POST", f"/v1/payment_intents/{_ID}/cancel", intents.cancel),
    ("POST", "/v1/customers", cards.create_customer),
    ("GET", f"/v1/customers/{_ID}", _getter("customer")),
    ("POST", "/v1/setup_intents", setups.create),
    ("GET", f"/v1/setup_intents/{_ID}", _getter("setup_intent")),
    ("GET", "/v1/payment_methods", cards.list_cards),
    ("GET", f"/v1/payment_methods/{_ID}", _getter("payment_method")),
    ("POST", f"/v1/payment_methods/{_ID}/detach", cards.detach),
    ("GET", f"/v1/charges/{_ID}", _getter("charge")),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds", _lister("refund", "/v1/refunds", "payment_intent", "charge")),
    ("GET", f"/v1/refunds/{_ID}", _getter("refund")),
    ("GET", "/v1/disputes", _lister("dispute", "/v1/disputes", "payment_intent", "charge")),
    ("GET", f"/v1/disputes/{_ID}", _getter("dispute")),
    ("POST", "/v1/accounts", connect.create_account),
    ("GET", f"/v1/accounts/{_ID}", _getter("account")),
    ("POST", "/v1/account_links", connect.create_link),
    ("POST", "/v1/transfers", connect.create_transfer),
    (
        "GET",
        "/v1/transfers",
        _lister("transfer", "/v1/transfers", "transfer_group", "destination"),
    ),
    ("GET", f"/v1/transfers/{_ID}", _getter("transfer")),
    ("POST", f"/v1/transfers/{_ID}/reversals", connect.reverse),
    ("GET", "/v1/events", _lister("event", "/v1/events", "type")),
    ("GET", f"/v1/events/{_ID}", _getter("event")),
)


def answer(world: World, request: Request) -> Answer:
    """Answer one request and keep a record of it; raises Hang where no answer is to come."""
    form: Json = {}
    try:
        require_key(world, request.headers)
        form = forms.parse(request.body if request.method == "POST" else request.query)
        given = _with_faults(world, request, form)
    except Refusal as refusal:
        given = refusal.answer
    except Hang:
        _record(world, request, form, Answer(0, {}))
        raise
    _record(world, request, form, given)
    headers = given.headers | {"Request-Id": new_id("req")}
    return Answer(given.status, given.body, headers)


def require_key(world: World, headers: Mapping[str, str]) -> None:
    """Raise Refusal for callers without the secret key, as bearer or as user of basic auth."""
    kind, _, value = headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            value = base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            value = ""
    if not hmac.compare_digest(value.strip().encode(), world.key.encode()):
        raise Refusal("Invalid API Key provided.", status=HTTPStatus.UNAUTHORIZED)


def _with_faults(world: World, request: Request, form: Json) -> Answer:
    fault = faults.on_the_way(world, path=request.path, form=form, key=request.key)
    if fault.name in {faults.RATE_LIMITED, faults.SERVER_ERROR}:
        return faults.BUSY_ANSWERS[fault.name]
    if fault.name == faults.TIMEOUT_BEFORE:
        raise Hang
    given = _once(world, request, form, fault)
    if fault.name == faults.TIMEOUT_AFTER_COMMIT:
        raise Hang
    return given


def _once(world: World, request: Request, form: Json, fault: faults.Fault) -> Answer:
    if len(request.key) > _KEY_LENGTH:
        raise Refusal("Idempotency keys have at most 255 characters.")
    with _claimed(world, request.key):
        if fault.name == faults.SLOW:
            time.sleep(fault.seconds)
        with world.store.transaction():
            earlier = _earlier(world, request, form)
            if earlier:
                return earlier
            if fault.name == faults.SERVER_ERROR_SAVED:
                given = faults.BUSY_ANSWERS[fault.name]
            else:
                given = _operate(world, request, form)
            if request.key:
                _save(world, request, form, given)
            return given


@contextmanager
def _claimed(world: World, key: str) -> Iterator[None]:
    """Hold a key while its request runs; raises Refusal when somebody else does."""
    with world.busy_lock:
        if key in world.busy_keys:
            raise Refusal(
                "There is currently another in-progress request using this Idempotent Key.",
                status=HTTPStatus.CONFLICT,
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        if key:
            world.busy_keys.add(key)
    try:
        yield
    finally:
        with world.busy_lock:
            world.busy_keys.discard(key)


def _earlier(world: World, request: Request, form: Json) -> Answer | None:
    found = world.store.rows("SELECT digest, status, body FROM answer WHERE key = ?", request.key)
    if not found:
        return None
    digest, status, body = found[0]
    if digest != _digest(request, form):
        return error(
            HTTPStatus.BAD_REQUEST,
            "idempotency_error",
            "Keys for idempotent requests can only be used with the same parameters.",
        )
    return Answer(status, json.loads(body), {"Idempotent-Replayed": "true"})


def _save(world: World, request: Request, form: Json, given: Answer) -> None:
    world.store.rows(
        "INSERT INTO answer VALUES (?, ?, ?, ?)",
        *(request.key, _digest(request, form), given.status, json.dumps(given.body)),
    )


def _digest(request: Request, form: Json) -> str:
    canonical = json.dumps([request.method, request.path, form], sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _operate(world: World, request: Request, form: Json) -> Answer:
    for method, pattern, operation in _ROUTES:
        found = re.fullmatch(pattern, request.path) if method == request.method else None
        if found:
            result = operation(world, *found.groups(), form)
            return result if isinstance(result, Answer) else Answer(HTTPStatus.OK, result)
    raise Refusal(
        f"Unrecognized request URL ({request.method}: {request.path[:200]}).",
        status=HTTPStatus.NOT_FOUND,
    )


def _record(world: World, request: Request, form: Json, given: Answer) -> None:
    world.store.rows(
        "INSERT INTO request (at, method, path, form, key, version, status, answer)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        time.time(),
        request.method,
        request.path,
        json.dumps(form),
        request.key,
        request.headers.get("Stripe-Version", ""),
        given.status,
        json.dumps(given.body),
    )
