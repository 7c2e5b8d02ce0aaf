"""What tokens and the person who decides do at once (`tests.racing`)."""

import time

from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.actor import Actor
from accounts.policies import Terms
from payments import approvals
from payments.errors import ApprovalClosed
from payments.models import Approval
from tests.devices import person
from tests.payments import racers


def tighten_or_raise(number: int, public_id: str) -> str:
    """Tighten the asking token's policy, slowly, or approve and raise its limits meanwhile."""
    approval = Approval.objects.with_parties().get(public_id=public_id)
    by = person(approval.requested_by)
    if number:
        time.sleep(0.5)
        approvals.approve(approval, by=by, now=timezone.now(), raises_limits=True)
        return "approved"
    [policy] = approvals.applying(approval)
    tight = Terms(name=policy.name, is_active=False, blocked_types=["skill"])
    with transaction.atomic():
        policies.change(policy, tight, by=by, now=timezone.now())
        time.sleep(2)
    return "tightened"


def buy_or_decide(number: int, token: str, listing: str, public_id: str) -> str:
    """Buy; every third caller approves, raising limits or not, and every third denies."""
    if number % 3 == 0:
        return racers.buy(number, token, listing)
    approval = Approval.objects.with_parties().get(public_id=public_id)
    return _decided(number, approval, by=person(approval.requested_by))


def _decided(number: int, approval: Approval, *, by: Actor) -> str:
    now = timezone.now()
    try:
        if number % 3 == 1:
            approvals.approve(approval, by=by, now=now, raises_limits=number % 2 == 0)
            return "approved"
        time.sleep(0.02)
        approvals.deny(approval, by=by, now=now)
    except ApprovalClosed:
        return "closed"
    return "denied"
