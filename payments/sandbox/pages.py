"""What a person sees: a confirm page in place of the card form, and one to onboard sellers.

Plain HTML without scripts, its one stylesheet at an address of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from payments.sandbox import cards, connect, forms, intents, setups
from payments.sandbox.api import Request
from payments.sandbox.refusals import Json, Refusal
from payments.sandbox.store import now
from payments.sandbox.world import World

STYLE = """
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-inline-size: 32rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
button { font: inherit; padding: .6rem 1rem; margin: 0 .5rem .75rem 0; border-radius: .4rem;
  border: 1px solid currentColor; background: none; color: inherit; cursor: pointer; }
button.main { background: #14532d; border-color: #14532d; color: #fff; }
:focus-visible { outline: 3px solid #2563eb; outline-offset: 2px; }
.note { border-inline-start: 4px solid #b45309; padding: .25rem 1rem; }
"""
_KINDS = {"pi_": "payment_intent", "seti_": "setup_intent"}
# What each button is called, what it does, and with which card.
_PAY = (("pay", "Pay"), ("decline", "Decline"), ("ask", "Needs authentication"))
_SAVE = (
    ("pay", "Save this card"),
    ("later", "Save a card that will be declined"),
    ("asks", "Save a card that asks each time"),
    ("decline", "Decline"),
    ("ask", "Needs authentication"),
)
_AUTHENTICATE = (("authenticate", "Yes, it is me"), ("decline", "No"))
_ONBOARD = (
    ("complete", "Submit everything"),
    ("restrict", "Submit, but a document is missing"),
    ("leave", "Leave unfinished"),
)
_CARDS = {"later": cards.DECLINES_LATER, "asks": cards.ASKS}


@dataclass(frozen=True, slots=True)
class Page:
    """An answer for a browser: HTML, or an address to go to."""

    status: int
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def answer(world: World, request: Request) -> Page:
    """Answer a browser."""
    try:
        if request.path.startswith("/confirm/"):
            return _confirm(world, request, request.path.removeprefix("/confirm/"))
        if request.path.startswith("/onboarding/"):
            return _onboard(world, request, request.path.removeprefix("/onboarding/"))
    except Refusal as refusal:
        message = refusal.answer.body["error"]["message"]
        return _page(refusal.answer.status, "This does not work", f"<p>{escape(message)}</p>")
    return _page(HTTPStatus.NOT_FOUND, "Not found", "<p>The payment sandbox has no such page.</p>")


def _confirm(world: World, request: Request, secret: str) -> Page:
    back = _back(world, request)
    with world.store.transaction():
        subject = _subject(world, secret)
        if request.method == "POST":
            return _act(world, request, subject, back)
    return _confirm_page(subject, back)


def _act(world: World, request: Request, subject: Json, back: str) -> Page:
    action = forms.needed(forms.parse(request.body), "action")
    room: Any = setups if subject["object"] == "setup_intent" else intents
    room.require_open(subject)
    method = cards.new_card(world, _CARDS.get(action, cards.WORKS))
    present = {} if room is setups else {"is_present": True}
    acts: dict[str, Callable[[], Json]] = {
        "decline": lambda: room.fail(world, subject, method),
        "ask": lambda: room.ask(world, subject, method),
        "authenticate": lambda: room.confirm(
            world, subject, method, has_authenticated=True, **present
        ),
        "pay": lambda: room.confirm(world, subject, method, **present),
        # Saved without a question; that comes with each payment.
        "later": lambda: room.confirm(world, subject, method, has_authenticated=True, **present),
        "asks": lambda: room.confirm(world, subject, method, has_authenticated=True, **present),
    }
    if action not in acts:
        raise Refusal("There is no such button.")
    subject = acts[action]()
    if subject["status"] == "succeeded" and back:
        return _redirect(_returning(back, subject, "succeeded"))
    return _confirm_page(subject, back)


def _confirm_page(subject: Json, back: str) -> Page:
    is_setup = subject["object"] == "setup_intent"
    title = "Save a card" if is_setup else f"Pay {_money(subject)}"
    parts = [f"<p>{escape(subject['description'])}</p>"] if subject["description"] else []
    problem = subject.get("last_payment_error") or subject.get("last_setup_error")
    if problem:
        parts.append(f'<p class="note" role="alert">{escape(problem["message"])}</p>')
    if subject["status"] == "requires_action":
        parts.append("<p>Your bank asks whether it is you.</p>")
        parts.append(_buttons(_AUTHENTICATE, back))
    elif subject["status"] in {"succeeded", "canceled"}:
        parts.append(f'<p role="status">This is {subject["status"]}.</p>')
    else:
        parts.append(_buttons(_SAVE if is_setup else _PAY, back))
    if back:
        status = "succeeded" if subject["status"] == "succeeded" else "failed"
        link = escape(_returning(back, subject, status))
        parts.append(f'<p><a href="{link}">Back to the site</a></p>')
    return _page(HTTPStatus.OK, title, "".join(parts))


def _onboard(world: World, request: Request, token: str) -> Page:
    with world.store.transaction():
        link = world.store.get("sandbox_link", token)
        if link["is_spent"] or link["expires_at"] < now():
            return _redirect(link["refresh_url"])
        if request.method != "POST":
            return _page(HTTPStatus.OK, "Tell us who you are", _buttons(_ONBOARD, ""))
        action = forms.needed(forms.parse(request.body), "action")
        if action not in dict(_ONBOARD):
            raise Refusal("There is no such button.")
        world.store.put(link | {"is_spent": True})
        account = world.store.get("account", link["account"])
        if action == "complete":
            connect.change_account(world, account, is_submitted=True, due=[])
        if action == "restrict":
            due = ["individual.verification.document"]
            connect.change_account(world, account, is_submitted=True, due=due)
        return _redirect(link["return_url"])


def _subject(world: World, secret: str) -> Json:
    object_id, separator, _ = secret.partition("_secret_")
    kind = next((kind for prefix, kind in _KINDS.items() if secret.startswith(prefix)), "")
    if not separator or not kind:
        raise Refusal("There is no such payment.", status=HTTPStatus.NOT_FOUND)
    subject = world.store.get(kind, object_id)
    if subject["client_secret"] != secret:
        raise Refusal("There is no such payment.", status=HTTPStatus.NOT_FOUND)
    return subject


def _back(world: World, request: Request) -> str:
    given = request.body if request.method == "POST" else request.query
    url = forms.text(forms.parse(given), "return_url") or ""
    if url:
        connect.require_site(world, url, "return_url")
    return url


def _returning(back: str, subject: Json, status: str) -> str:
    """Add what the provider's own script adds to a return address."""
    kind = subject["object"]
    facts = {
        kind: subject["id"],
        f"{kind}_client_secret": subject["client_secret"],
        "redirect_status": status,
    }
    parts = urlsplit(back)
    return parts._replace(query=urlencode([*parse_qsl(parts.query), *facts.items()])).geturl()


def _money(subject: Json) -> str:
    units, cents = divmod(subject["amount"], 100)
    return f"{units:,}.{cents:02} {subject['currency'].upper()}"


def _buttons(buttons: tuple[tuple[str, str], ...], back: str) -> str:
    shown = "".join(
        f'<button name="action" value="{value}"{_CLASS if place == 0 else ""}>{label}</button>'
        for place, (value, label) in enumerate(buttons)
    )
    return (
        f'<form method="post"><input type="hidden" name="return_url" value="{escape(back)}">'
        f"{shown}</form>"
    )


_CLASS = ' class="main"'


def _redirect(url: str) -> Page:
    return Page(HTTPStatus.SEE_OTHER, headers={"Location": url})


def _page(status: int, title: str, content: str) -> Page:
    return Page(
        status,
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - payment sandbox</title>"
        '<link rel="stylesheet" href="/style.css"></head><body><main>'
        f'<h1>{escape(title)}</h1><p class="note">This is the payment sandbox of a development'
        f" site. No money moves.</p>{content}</main></body></html>",
    )
