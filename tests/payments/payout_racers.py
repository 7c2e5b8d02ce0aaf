"""What workers do at the same moment with payouts, and where they are killed (`tests.racing`)."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from payments import paying_out, payouts
from payments.models import Payout, SellerAccount
from tests.payments import refund_racers

_Execute = Callable[[Any, Any, bool, Any], Any]


def plan_all(_number: int) -> str:
    """Plan for every vendor; return for how many."""
    return str(paying_out.plan_all())


def plan_or_refund(number: int, staff: str, names: str, cents: str) -> str:
    """Plan for a vendor, or refund an order of theirs, every other caller; return the cents."""
    listings = names.split(",")
    name = listings[number // 2 % len(listings)]
    if number % 2:
        return refund_racers.refund(number, staff, name, cents)
    account = SellerAccount.objects.get(vendor__listings__name=name)
    payout = payouts.plan(account, now=timezone.now())
    return f"planned {payout.amount_cents}" if payout else "planned nothing"


def pay(_number: int, pk: str) -> str:
    """Pay one payout, as the task does."""
    paying_out.pay_out(int(pk))
    return "done"


def pay_after_a_lease(number: int, pk: str) -> str:
    """Pay one payout while the caller before is at it, whose lease has just run out."""
    held = Payout.objects.filter(pk=pk, tries__gte=number)
    while not held.exists():
        time.sleep(0.01)
    held.exclude(lease_until=None).update(lease_until=timezone.now())
    return pay(number, pk)


def pay_until(_number: int, pk: str, statement: str) -> str:
    """Pay one payout, and be killed before its so-manieth statement; return if there are fewer."""
    left = int(statement)

    def count(execute: _Execute, sql: Any, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 (Django calls it so)
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(count):
        paying_out.pay_out(int(pk))
    return "done"
