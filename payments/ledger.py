"""The one way to move money: postings inside the caller's transaction.

The database refuses what must never be (`ledger_rules.py`); this module locks in one order and says
kindly why not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum

from payments.errors import AccountFrozen, AlreadyPosted, Overdraft
from payments.models import TRACKED, Account, Posting


@dataclass(frozen=True, slots=True)
class Entry:
    """One part of an event: cents out of one account and into another."""

    part: str
    debit: Account
    credit: Account
    amount_cents: int


def post(event: str, entries: Iterable[Entry], *, now: datetime) -> list[Posting]:
    """Move money for an event, all of its entries or none.

    event: `kind:public_id`; with an entry's part it is the posting's key, so that a second time is
    refused.
    Raises Overdraft, AccountFrozen, AlreadyPosted, and TransactionManagementError outside a
    transaction: a posting and what it pays for stand together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a posting needs its event's transaction")
    planned = list(entries)
    balances = _lock(planned)
    postings = [_next(event, entry, balances, now) for entry in planned]
    try:
        with transaction.atomic():
            for posting in postings:
                posting.save(force_insert=True)
    except IntegrityError as error:
        if Posting.objects.filter(key__in=[posting.key for posting in postings]).exists():
            raise AlreadyPosted(event) from error
        raise
    return postings


def is_posted(event: str, part: str) -> bool:
    """Tell whether this part of an event has moved its money already."""
    return Posting.objects.filter(key=_key(event, part)).exists()


def balance_of(account: Account) -> int:
    """Return an account's balance at this moment in cents: credits minus debits."""
    if account.is_tracked:
        return Account.objects.values_list("balance_cents", flat=True).get(pk=account.pk) or 0
    return summed(Posting.objects.of(account), account)


def summed(postings: QuerySet[Posting], account: Account) -> int:
    """Return what some postings added to an account, in cents."""
    credited = postings.filter(credit=account).aggregate(cents=Sum("amount_cents"))["cents"]
    debited = postings.filter(debit=account).aggregate(cents=Sum("amount_cents"))["cents"]
    return (credited or 0) - (debited or 0)


def _lock(entries: Sequence[Entry]) -> dict[int, Account]:
    """Lock the tracked accounts in one order; return them as they are now."""
    sides = {side for entry in entries for side in (entry.debit.pk, entry.credit.pk)}
    held = Account.objects.filter(pk__in=sides, kind__in=TRACKED).locked()
    return {account.pk: account for account in held}


def _next(event: str, entry: Entry, tracked: dict[int, Account], now: datetime) -> Posting:
    """Return the posting of an entry, and move the balances that later entries stand on."""
    debit, credit = tracked.get(entry.debit.pk), tracked.get(entry.credit.pk)
    if debit is not None:
        _take(debit, entry.amount_cents)
    if credit is not None:
        credit.balance_cents = (credit.balance_cents or 0) + entry.amount_cents
    return Posting(
        key=_key(event, entry.part),
        event=event,
        debit=entry.debit,
        credit=entry.credit,
        amount_cents=entry.amount_cents,
        debit_balance_cents=debit.balance_cents if debit else None,
        credit_balance_cents=credit.balance_cents if credit else None,
        created_at=now,
    )


def _take(account: Account, cents: int) -> None:
    if account.is_frozen:
        raise AccountFrozen(account.public_id)
    if account.available_cents < cents:
        raise Overdraft(account.public_id, missing_cents=cents - account.available_cents)
    account.balance_cents = (account.balance_cents or 0) - cents


def _key(event: str, part: str) -> str:
    return f"{event}:{part}"
