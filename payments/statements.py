"""What has moved on one account, a line for each event, with the balance that it left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Sum

from payments.models import Account, AccountKind, Order, Posting, PostingQuerySet

# What an event is called by whom it happens to.
_NAMES = {
    "order": "Purchase",
    "top_up": "Top-up",
    "refund": "Refund",
    "card_refund": "Refund that its card did not take",
    "chargeback": "Disputed payment",
    "reinstatement": "Dispute won",
    "debt": "Paid what was owed",
    "payout": "Payout",
}
# What differs for whoever is paid by it.
_SELLERS_NAMES = {"order": "Sale"}
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One event as it shows on one account: cents in (or out, below zero), and cents afterwards.

    reference: the public id of what it was about. order: what was bought, if that is what it was.
    """

    at: datetime
    name: str
    reference: str
    amount_cents: int
    balance_cents: int
    order: Order | None

    @property
    def listing_name(self) -> str:
        """Return what was bought, empty for whatever else it was."""
        return self.order.listing.name if self.order else ""


def last_postings(account: Account) -> PostingQuerySet:
    """Return the last posting of each event on a tracked account: as many as there are lines."""
    later = Posting.objects.of(account).filter(event=OuterRef("event"), pk__gt=OuterRef("pk"))
    return Posting.objects.of(account).filter(~Exists(later))


def lines_of(account: Account, postings: Iterable[Posting]) -> list[Line]:
    """Return the lines that end with these postings, in their order, in two more queries."""
    ends = list(postings)
    events = [posting.event for posting in ends]
    moved, orders = _moved(account, events), _orders(events)
    return [_line(account, end, moved[end.event], orders.get(end.event)) for end in ends]


def every_line(account: Account) -> Iterator[Line]:
    """Walk a whole statement, newest line first, some at a time."""
    rows = last_postings(account).order_by("-pk")
    postings = list(rows[:_AT_ONCE])
    while postings:
        yield from lines_of(account, postings)
        postings = list(rows.filter(pk__lt=postings[-1].pk)[:_AT_ONCE])


def _line(account: Account, end: Posting, moved_cents: int, order: Order | None) -> Line:
    kind, _, reference = end.event.partition(":")
    balance = end.debit_balance_cents if end.debit_id == account.pk else end.credit_balance_cents
    assert balance is not None
    names = _NAMES | _SELLERS_NAMES if account.kind == AccountKind.PAYABLE else _NAMES
    name = names.get(kind, kind.replace("_", " ").capitalize())
    return Line(end.created_at, name, reference, moved_cents, balance, order)


def _moved(account: Account, events: Sequence[str]) -> dict[str, int]:
    """Return what each event has added to an account, in cents."""
    rows = Posting.objects.of(account).filter(event__in=events).values("event").order_by()
    sums = rows.annotate(
        into=Sum("amount_cents", filter=Q(credit=account)),
        out=Sum("amount_cents", filter=Q(debit=account)),
    )
    return {row["event"]: (row["into"] or 0) - (row["out"] or 0) for row in sums}


def _orders(events: Sequence[str]) -> dict[str, Order]:
    ids = [event.removeprefix("order:") for event in events if event.startswith("order:")]
    found = Order.objects.filter(public_id__in=ids).with_listing() if ids else ()
    return {order.event: order for order in found}
