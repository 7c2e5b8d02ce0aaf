"""Pay vendors through the provider: by beat, once each, whatever breaks on the way.

A payout is asked for under a key that its row holds, so asking again pays nothing twice. Whoever
does not know what became of an attempt repeats its key; a fresh one is taken only after the
provider has answered the old one with errors, has listed what was sent, and there was nothing.
"""

import logging
import random
import secrets
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from payments import payouts, stripe_port
from payments.models import Payout, PayoutState, SellerAccount
from payments.models.payout import ANOTHER_AMOUNT, SENT_ENOUGH
from payments.stripe_port import ProviderBusy, ProviderError, ProviderRefused, Transfer

log = logging.getLogger("mog.payments")

# Longer than two calls of the provider take, each of three attempts of 5 seconds.
_LEASE = timedelta(minutes=2)
# About a day in all (SPEC 7); then a person looks.
_WAITS = (
    *(timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=15)),
)
# Many payouts that one outage has delayed do not come back at once.
_JITTER = 0.2
# Refusals that time mends: our money is not there yet.
_PASSING = frozenset({"balance_insufficient", "insufficient_funds", "lock_timeout"})
_AT_ONCE = 200


@shared_task(name="payments.plan_payouts")
def plan_all() -> int:
    """Plan a payout for every vendor who may get one; return for how many."""
    planned = plan_due(now=timezone.now())
    for payout in planned:
        pay_out.delay(payout.pk)
    return len(planned)


def plan_due(*, now: datetime) -> list[Payout]:
    """Plan a payout for every vendor who may get one at a moment."""
    ready = SellerAccount.objects.filter(can_receive=True).select_related("vendor")
    due = ready.exclude(payouts__period=payouts.period_of(now)).order_by("pk")
    return [payout for account in due if (payout := payouts.plan(account, now=now))]


@shared_task(name="payments.sweep_payouts")
def sweep() -> int:
    """Go on with what is due: delayed ones, and those whose message or worker was lost."""
    waiting = Payout.objects.unattended(now=timezone.now()).order_by("due_at")
    keys = list(waiting.values_list("pk", flat=True)[:_AT_ONCE])
    for pk in keys:
        pay_out.delay(pk)
    return len(keys)


@shared_task(name="payments.pay_out")
def pay_out(pk: int) -> None:
    """Pay one payout now."""
    pay(pk, now=timezone.now())


def pay(pk: int, *, now: datetime) -> None:
    """Pay one payout, unless it is not due or another worker does."""
    payout = Payout.objects.select_related("vendor", "account__opened_by").get(pk=pk)
    token = secrets.token_hex(16)
    if not payout.claim(token, lease=_LEASE, now=now):
        return
    payout.refresh_from_db(fields=["attempt", "sent", "tries"])
    try:
        transfer = _arrived(payout)
    except ProviderError as error:
        # A refusal to tell is none to send, and says nothing of the key.
        _unknown(payout, token, error, now=now)
        return
    try:
        transfer = transfer or _sent(payout, token)
    except ProviderRefused as refusal:
        _refused(payout, token, refusal, now=now)
    except ProviderBusy as error:
        _unknown(payout, token, error, now=now, sent=payout.sent + 1)
    except ProviderError as error:
        _unknown(payout, token, error, now=now)
    else:
        _settle(payout, token, transfer, now=now)


def _arrived(payout: Payout) -> Transfer | None:
    """Return what was sent for a payout that was tried before; raises ProviderError."""
    if payout.tries == 1 and not payout.sent:
        return None
    found = stripe_port.list_transfers(payout.public_id)
    return found[0] if found else None


def _sent(payout: Payout, token: str) -> Transfer:
    """Return the transfer of a payout, which is made now, or was under the same key.

    Only a key that has brought errors is left: whoever was killed, or waits too long for an answer,
    may still be heard under theirs.
    """
    if payout.sent >= SENT_ENOUGH:
        payout.raise_attempt(token)
        payout.refresh_from_db(fields=["attempt"])
    account_id = payout.account.account_id
    assert account_id is not None  # only ready accounts have payouts
    return stripe_port.create_transfer(
        account_id=account_id,
        amount_cents=payout.amount_cents,
        currency=payout.currency,
        transfer_group=payout.public_id,
        metadata={"payout": payout.public_id},
        key=payout.key,
    )


def _settle(payout: Payout, token: str, transfer: Transfer, *, now: datetime) -> None:
    if (transfer.amount_cents, transfer.currency) == (payout.amount_cents, payout.currency):
        payouts.settle(payout, token, transfer_id=transfer.id, now=now)
    else:
        log.error("%s of %s is not what was to be paid", transfer.id, payout.public_id)
        payouts.fail(payout, token, problem=ANOTHER_AMOUNT, now=now)


def _refused(payout: Payout, token: str, refusal: ProviderRefused, *, now: datetime) -> None:
    """Nothing was sent. The provider keeps its refusal with the key, so the next takes another."""
    if refusal.code in _PASSING and payout.tries <= len(_WAITS):
        _postpone(payout, token, now=now, problem=refusal.code, sent=SENT_ENOUGH)
    else:
        log.error("payout %s is refused: %s", payout.public_id, refusal)
        payouts.fail(payout, token, problem=refusal.code, now=now)


def _unknown(
    payout: Payout, token: str, error: ProviderError, *, now: datetime, **changes: int
) -> None:
    """Nobody knows whether it was sent; give up only once the provider has said that it was not."""
    if payout.tries <= len(_WAITS):
        _postpone(payout, token, now=now, problem=type(error).__name__, **changes)
        return
    try:
        found = stripe_port.list_transfers(payout.public_id)
    except ProviderError:
        _postpone(payout, token, now=now, problem=type(error).__name__)
        return
    if found:
        _settle(payout, token, found[0], now=now)
    else:
        payouts.fail(payout, token, problem=type(error).__name__, now=now)


def _postpone(payout: Payout, token: str, *, now: datetime, problem: str, **changes: int) -> None:
    log.warning("payout %s is tried later: %s", payout.public_id, problem)
    due_at = now + _wait(payout.tries)
    payout.let_go(token, PayoutState.RETRYING, problem=problem, due_at=due_at, **changes)


def _wait(tries: int) -> timedelta:
    """Return how long to wait after so many tries."""
    wait = _WAITS[min(tries, len(_WAITS)) - 1]
    return wait * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 (spreads load only)
