"""The sandbox's own API below /_sandbox: what tests and people steer it by, with the same key."""

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any

from payments.sandbox import cards, connect, faults, forms, happenings, intents, refunds, setups
from payments.sandbox.api import Request, require_key
from payments.sandbox.refusals import Answer, Json, Refusal
from payments.sandbox.totals import totals
from payments.sandbox.world import World

_ID = r"([A-Za-z0-9_]{1,80})"
_NEW_STARTS = {"/_sandbox/forget", "/_sandbox/restore"}
_MODES = {"deliver", "hold", "drop"}


def answer(world: World, request: Request) -> Answer:
    """Answer one request."""
    try:
        require_key(world, request.headers)
        form = forms.parse(request.body if request.method == "POST" else request.query)
        # Whoever starts over is told nothing of what went before.
        is_new_start = request.path in _NEW_STARTS
        with world.sending if is_new_start else nullcontext(), world.store.transaction():
            return Answer(HTTPStatus.OK, _operate(world, request, form))
    except Refusal as refusal:
        return refusal.answer


def _operate(world: World, request: Request, form: Json) -> Json:
    for method, pattern, operation in _ROUTES:
        found = re.fullmatch(pattern, request.path) if method == request.method else None
        if found:
            return operation(world, *found.groups(), form)
    raise Refusal("There is no such control.", status=HTTPStatus.NOT_FOUND)


def _health(_world: World, _form: Json) -> Json:
    return {"ok": True}


def _requests(world: World, form: Json) -> Json:
    after = forms.cents(form, "after", default=1) if "after" in form else 0
    columns = ("seq", "at", "method", "path", "form", "key", "version", "status", "answer")
    found = world.store.rows(
        f"SELECT {', '.join(columns)} FROM request WHERE seq > ? ORDER BY seq",  # noqa: S608 (ours)
        after,
    )
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return {
        "data": [row | {name: json.loads(row[name]) for name in ("form", "answer")} for row in rows]
    }


def _events(world: World, _form: Json) -> Json:
    columns = ("seq", "event", "due", "attempts", "state", "answer")
    found = world.store.rows(f"SELECT {', '.join(columns)} FROM delivery ORDER BY seq")  # noqa: S608
    deliveries = [dict(zip(columns, row, strict=True)) for row in found]
    return {"data": world.store.find("event")[::-1], "deliveries": deliveries}


def _deliver(world: World, event_id: str, form: Json) -> Json:
    event = world.store.get("event", event_id)
    happenings.deliver(world, event_id, times=min(100, forms.cents(form, "times", default=1)))
    return event


def _webhooks(world: World, form: Json) -> Json:
    mode = forms.needed(form, "mode")
    if mode not in _MODES:
        raise Refusal("The mode is deliver, hold or drop.", param="mode")
    world.store.set("webhooks", mode)
    world.wake.set()
    return {"mode": mode}


def _faults(world: World, form: Json) -> Json:
    name = forms.needed(form, "fault")
    if name.partition(":")[0] not in faults.NAMES:
        raise Refusal("There is no such fault.", param="fault")
    times = forms.cents(form, "times", default=1)
    faults.arm(world, path=forms.needed(form, "path"), name=name, times=times)
    return {"fault": name, "times": times}


def _intent(world: World, intent_id: str, act: str, form: Json) -> Json:
    """Do as a person would on the confirm page."""
    is_setup = intent_id.startswith("seti_")
    subject = world.store.get("setup_intent" if is_setup else "payment_intent", intent_id)
    method = cards.card(world, forms.text(form, "card") or "pm_card_visa")
    room: Any = setups if is_setup else intents
    if act == "decline":
        return dict(room.fail(world, subject, method))
    if act == "ask":
        return dict(room.ask(world, subject, method))
    present = {} if is_setup else {"is_present": True}
    return dict(
        room.confirm(world, subject, method, has_authenticated=act == "authenticate", **present)
    )


def _save_card(world: World, customer_id: str, form: Json) -> Json:
    method = cards.card(world, forms.text(form, "card") or "pm_card_visa")
    return cards.attach(world, method, customer_id)


def _dispute(world: World, subject_id: str, form: Json) -> Json:
    return refunds.dispute(world, subject_id, form)


def _close(world: World, dispute_id: str, act: str, _form: Json) -> Json:
    if act == "escalate":
        return refunds.escalate_dispute(world, dispute_id)
    return refunds.close_dispute(world, dispute_id, act=act)


def _settle(world: World, refund_id: str, act: str, _form: Json) -> Json:
    status = "succeeded" if act == "succeed" else "failed"
    return refunds.settle(world, refund_id, status=status)


def _complete(world: World, account_id: str, _form: Json) -> Json:
    account = world.store.get("account", account_id)
    return connect.change_account(world, account, is_submitted=True, due=[])


def _restrict(world: World, account_id: str, form: Json) -> Json:
    account = world.store.get("account", account_id)
    return connect.change_account(
        world,
        account,
        is_submitted=True,
        due=["individual.verification.document"],
        reason=forms.text(form, "reason"),
    )


def _funds(world: World, form: Json) -> Json:
    """Add money that no card has paid, so that transfers can be tried alone."""
    added = int(world.store.setting("added", "0")) + forms.cents(form, "amount")
    world.store.set("added", str(added))
    return dict(totals(world))


def _totals(world: World, _form: Json) -> Json:
    return dict(totals(world))


def _forget(world: World, _form: Json) -> Json:
    world.store.forget()
    return {"ok": True}


def _keep(world: World, _form: Json) -> Json:
    world.store.keep()
    return {"ok": True}


def _restore(world: World, _form: Json) -> Json:
    if not world.store.rows("SELECT 1 FROM sqlite_master WHERE name = 'kept_object'"):
        raise Refusal("Nothing was kept.")
    world.store.restore()
    return {"ok": True}


_ROUTES: tuple[tuple[str, str, Callable[..., Json]], ...] = (
    ("GET", "/_sandbox/health", _health),
    ("GET", "/_sandbox/requests", _requests),
    ("GET", "/_sandbox/events", _events),
    ("GET", "/_sandbox/totals", _totals),
    ("POST", f"/_sandbox/events/{_ID}/deliver", _deliver),
    ("POST", "/_sandbox/webhooks", _webhooks),
    ("POST", "/_sandbox/faults", _faults),
    ("POST", f"/_sandbox/intents/{_ID}/(pay|decline|ask|authenticate)", _intent),
    ("POST", f"/_sandbox/customers/{_ID}/cards", _save_card),
    ("POST", f"/_sandbox/charges/{_ID}/dispute", _dispute),
    ("POST", f"/_sandbox/disputes/{_ID}/(win|lose|escalate)", _close),
    ("POST", f"/_sandbox/refunds/{_ID}/(succeed|fail)", _settle),
    ("POST", f"/_sandbox/accounts/{_ID}/complete", _complete),
    ("POST", f"/_sandbox/accounts/{_ID}/restrict", _restrict),
    ("POST", "/_sandbox/funds", _funds),
    ("POST", "/_sandbox/forget", _forget),
    ("POST", "/_sandbox/keep", _keep),
    ("POST", "/_sandbox/restore", _restore),
)
