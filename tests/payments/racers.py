"""What many callers do at once, each in a thread of a process of its own (`tests.racing`)."""

import os
import signal
import time
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Credential
from audit.who import Origin
from catalog.models import Listing
from payments import accounts, idempotency, ledger
from payments.errors import IdempotencyKeyInUse
from payments.idempotency import Answer, Claim, Effect
from payments.ledger import Entry
from payments.models import Account, AccountKind


def once(number: int, credential_id: str, key: str) -> str:
    """Move one cent under a key; return the answer."""
    by = actor(credential_id)
    wallet, fees = accounts.wallet_for(by), accounts.ours(AccountKind.FEES)

    def effect() -> Effect:
        now = timezone.now()
        event = f"test:{number}"
        ledger.post(event, [Entry("part", wallet, fees, 1)], now=now)
        return Effect(201, {"event": event, "at": now.isoformat()})

    asked = idempotency.keyed(key, route="POST /test", body={"cents": 1})
    return idempotency.once(asked, by=by, now=timezone.now(), effect=effect).text


def across(number: int, credential_id: str, key: str) -> str:
    """Do the same as somebody does who needs the provider, and repeat while it is in progress."""
    by = actor(credential_id)
    asked = idempotency.keyed(key, route="POST /test", body={"cents": 1})
    while True:
        try:
            taken = idempotency.claim(
                asked, by=by, now=timezone.now(), begin=lambda: f"test_{number}"
            )
            return taken.text if isinstance(taken, Answer) else _work_on(taken, by)
        except IdempotencyKeyInUse:
            time.sleep(0.05)


def die_within(_number: int, credential_id: str, key: str) -> str:
    """Move a cent under a key and be killed before the transaction ends."""
    by = actor(credential_id)

    def effect() -> Effect:
        entry = Entry("part", accounts.wallet_for(by), accounts.ours(AccountKind.FEES), 1)
        ledger.post("test:died", [entry], now=timezone.now())
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("nobody lives to see this")

    asked = idempotency.keyed(key, route="POST /test", body={"cents": 1})
    return idempotency.once(asked, by=by, now=timezone.now(), effect=effect).text


def die_between(_number: int, credential_id: str, key: str) -> str:
    """Claim a key, move a cent, and be killed before the answer is kept."""
    by = actor(credential_id)
    asked = idempotency.keyed(key, route="POST /test", body={"cents": 1})
    taken = idempotency.claim(asked, by=by, now=timezone.now(), begin=lambda: "test_first")
    assert isinstance(taken, Claim)
    _move(taken, by)
    os.kill(os.getpid(), signal.SIGKILL)
    return "nobody lives to see this"


def _work_on(claimed: Claim, by: Actor) -> str:
    time.sleep(0.2)
    event = _move(claimed, by)
    return idempotency.finish(claimed, Effect(201, {"event": event})).text


def _move(claimed: Claim, by: Actor) -> str:
    wallet, fees = accounts.wallet_for(by), accounts.ours(AccountKind.FEES)
    event = f"test:{claimed.subject}"
    with transaction.atomic():
        ledger.post(event, [Entry("part", wallet, fees, 1)], now=timezone.now())
    return event


def buy(number: int, token: str, names: str) -> str:
    """Buy one of some listings, each caller another, under a key of its own; return the status."""
    listings = names.split(",")
    return str(_buy(token, listings[number % len(listings)], key=f"key-{number}").status_code)


def buy_or_refund(number: int, token: str, names: str) -> str:
    """Buy, or let money come back from the same vendor to the same wallet, every other caller."""
    if number % 2:
        return buy(number, token, names)
    listing = Listing.objects.select_related("vendor").get(name=names.split(",")[number])
    wallet = Account.objects.get(kind=AccountKind.WALLET)
    payable = accounts.payable_of(listing.vendor)
    with transaction.atomic():
        entries = [Entry("part", payable, wallet, 1)]
        ledger.post(f"refund:{number}", entries, now=timezone.now())
    return "refunded"


def buy_under(_number: int, token: str, name: str, key: str) -> str:
    """Buy a listing under a key, again while it is in progress; return status and body."""
    while True:
        answer = _buy(token, name, key=key)
        if answer.status_code != HTTPStatus.CONFLICT:
            return f"{answer.status_code} {answer.content.decode()}"
        time.sleep(float(answer["Retry-After"]))


def _buy(token: str, name: str, *, key: str) -> Any:
    return Client().post(
        "/v1/purchases",
        {"listing": name},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )


def actor(credential_id: str) -> Actor:
    """Return who acts with a credential."""
    credential = Credential.objects.with_actor().get(public_id=credential_id)
    return Actor.of(credential, origin=Origin())
