"""What a vendor is paid and when: set aside for a period, then paid, failed or canceled."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import mail, parties
from accounts.actor import Actor
from accounts.mail import Letter
from audit.actions import Action
from audit.log import record
from audit.who import SYSTEM, Who
from catalog.models import Vendor
from payments import accounts, earnings, ledger
from payments.errors import PayoutMoved
from payments.ledger import Entry
from payments.models import Account, AccountKind, Payout, PayoutState, SellerAccount
from payments.models.payout import PROBLEM_LENGTH


def period_of(now: datetime) -> str:
    """Return the week a moment lies in, as ISO 8601 writes it."""
    year, week, _ = now.isocalendar()
    return f"{year:04}-W{week:02}"


@transaction.atomic
def plan(account: SellerAccount, *, now: datetime) -> Payout | None:
    """Set aside what a vendor may be paid now; None when it is too little or the week has one."""
    vendor = account.vendor
    payable = accounts.payable_of(vendor)
    # Whatever else would plan for this vendor, or take from what they are owed, waits here.
    Account.objects.filter(pk=payable.pk).locked().get()
    period, cents = period_of(now), earnings.available_cents(vendor, now=now)
    if cents < settings.PAYOUT_MINIMUM_CENTS or _has_one(vendor, period):
        return None
    payout = Payout.objects.create(
        vendor=vendor,
        account=account,
        period=period,
        amount_cents=cents,
        currency=settings.CURRENCY,
        due_at=now,
        created_at=now,
    )
    in_transit = accounts.ours(AccountKind.IN_TRANSIT)
    ledger.post(payout.event, [Entry("reserved", payable, in_transit, cents)], now=now)
    _record(Action.PAYOUT_PLANNED, payout, by=SYSTEM, now=now, period=period)
    return payout


@transaction.atomic
def settle(payout: Payout, token: str, *, transfer_id: str, now: datetime) -> None:
    """Say that the money has gone; nothing when another worker has said how it stands."""
    paid = {"transfer_id": transfer_id, "ended_at": now, "problem": ""}
    if not payout.let_go(token, PayoutState.PAID, **paid):
        return
    in_transit, provider = (
        accounts.ours(AccountKind.IN_TRANSIT),
        accounts.ours(AccountKind.PROVIDER),
    )
    entry = Entry("paid", in_transit, provider, payout.amount_cents)
    ledger.post(payout.event, [entry], now=now)
    _record(Action.PAYOUT_PAID, payout, by=SYSTEM, now=now, transfer=transfer_id)
    _tell(payout, "payout_paid", "Your payout is on its way")


@transaction.atomic
def fail(payout: Payout, token: str, *, problem: str, now: datetime) -> None:
    """Stop until a person retries or cancels it; its money stays set aside."""
    if not payout.let_go(token, PayoutState.FAILED, problem=problem[:PROBLEM_LENGTH]):
        return
    _record(Action.PAYOUT_FAILED, payout, by=SYSTEM, now=now, problem=problem[:PROBLEM_LENGTH])
    _tell(payout, "payout_failed", "Your payout could not be made", problem=problem)
    for operator in settings.OPERATOR_EMAILS:
        mail.send_on_commit(
            _letter(payout, "payout_failed", "A payout failed", problem), to=operator
        )


@transaction.atomic
def retry(payout: Payout, *, by: Actor, now: datetime) -> None:
    """Try a failed payout anew; raises PayoutMoved when it has not failed."""
    if not payout.reopen(now=now):
        raise PayoutMoved
    _record(Action.PAYOUT_RETRIED, payout, by=by.who, now=now)


@transaction.atomic
def cancel(payout: Payout, *, by: Actor, now: datetime) -> None:
    """Give the money of a failed payout back to what the vendor is owed.

    Raises PayoutMoved when it has not failed, and when another amount was sent: a person settles
    that with the provider, or the vendor would be paid twice.
    """
    if not payout.cancel(now=now):
        raise PayoutMoved
    in_transit, payable = accounts.ours(AccountKind.IN_TRANSIT), accounts.payable_of(payout.vendor)
    entry = Entry("returned", in_transit, payable, payout.amount_cents)
    ledger.post(payout.event, [entry], now=now)
    _record(Action.PAYOUT_CANCELED, payout, by=by.who, now=now)


def _has_one(vendor: Vendor, period: str) -> bool:
    return Payout.objects.filter(vendor=vendor, period=period).exists()


def _record(action: Action, payout: Payout, *, by: Who, now: datetime, **more: str) -> None:
    data = {
        "vendor": payout.vendor.public_id,
        "amountCents": payout.amount_cents,
        "currency": payout.currency,
        **more,
    }
    record(action, by=by, now=now, subject=payout.subject, data=data)


def _tell(payout: Payout, template: str, subject: str, *, problem: str = "") -> None:
    letter = _letter(payout, template, subject, problem)
    parties.tell(payout.vendor.party, letter, rather=payout.account.opened_by)


def _letter(payout: Payout, template: str, subject: str, problem: str) -> Letter:
    facts = {
        "vendor": payout.vendor.slug,
        "payout": payout.public_id,
        "amount_cents": payout.amount_cents,
        "period": payout.period,
        "problem": problem,
    }
    return Letter(template=template, subject=f"{subject}: {payout.vendor.slug}", facts=facts)
