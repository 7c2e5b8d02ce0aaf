"""Asking for an approval, and answering, in tests."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing
from payments import approvals
from payments.models import Approval
from tests.bearer import Bearer
from tests.devices import person
from tests.payments.buying import buy


def asked(agent: Bearer, listing: Listing) -> Approval:
    """Let the agent try to buy; return what its owner is asked."""
    status, body = buy(agent.client, listing)
    assert status == 402, body
    return Approval.objects.get(public_id=body["approvalId"])


def approve(approval: Approval, by: User, **how: bool) -> None:
    """Let a person at a browser say yes."""
    approvals.approve(approval, by=person(by), now=timezone.now(), **how)


def deny(approval: Approval, by: User) -> None:
    """Let a person at a browser say no."""
    approvals.deny(approval, by=person(by), now=timezone.now())


def grow_old(approval: Approval, *, by: timedelta = timedelta(hours=24)) -> None:
    """Let time pass for an approval."""
    Approval.objects.filter(pk=approval.pk).update(
        created_at=F("created_at") - by, expires_at=F("expires_at") - by
    )
