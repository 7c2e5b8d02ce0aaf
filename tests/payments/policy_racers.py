"""What the tokens of one budget do at once (`tests.racing`)."""

import json
import time
from http import HTTPStatus

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import policies
from accounts.actor import Actor
from accounts.models import SpendPolicy
from accounts.policies import Terms
from audit.who import ActorKind
from payments.models import Account, AccountKind, Order

_PASSING = (HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
_SECONDS = 60.0
_WAITING = 6


def buy(number: int, tokens: str, names: str, methods: str) -> str:
    """Buy another listing each, with the tokens and the ways to pay in turn.

    methods: of `wallet` and `card`. Returns the listing, the status and the reasons, as JSON.
    """
    token, listing, method = (_one_of(values, number) for values in (tokens, names, methods))
    body = {"listing": listing, "useWallet": method == "wallet"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"racer-{number}"}
    until = time.monotonic() + _SECONDS
    while True:
        answer = Client().post(
            "/v1/purchases", body, content_type="application/json", headers=headers
        )
        if answer.status_code not in _PASSING or time.monotonic() > until:
            said = answer.json()
            reasons = said.get("reasons") or said.get("details", {}).get("reasons", [])
            return json.dumps([listing, answer.status_code, reasons])
        time.sleep(0.05)


def buy_or_end(number: int, tokens: str, names: str, policy_id: str) -> str:
    """Buy; the first caller keeps everybody waiting for the wallet, the second ends the policy.

    The second returns how many orders there were when its change was committed.
    """
    if number == 0:
        with transaction.atomic():
            Account.objects.select_for_update().get(kind=AccountKind.WALLET)
            _let_callers_wait()
            time.sleep(1)  # for a change that would not wait its turn
        return ""
    if number == 1:
        _let_callers_wait()
        policy = SpendPolicy.objects.select_related("user").get(public_id=policy_id)
        owner = Actor(kind=ActorKind.USER, user=policy.user, stepped_up=True)
        ended = Terms(name=policy.name, is_active=False)
        policies.change(policy, ended, by=owner, now=timezone.now())
        return json.dumps(Order.objects.count())
    return buy(number, tokens, names, "wallet")


def _let_callers_wait() -> None:
    """Come back once several callers wait for locks; PostgreSQL knows."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees what it saw
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] >= _WAITING:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def _one_of(values: str, number: int) -> str:
    each = values.split(",")
    return each[number % len(each)]
