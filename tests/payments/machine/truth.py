"""What is true of money at every moment, and what once everything has come to its end.

Counted here anew, from rows and from what the provider knows: a mistake of the product's own sums
would not show in them.
"""

from collections import Counter
from fractions import Fraction
from math import floor

from django.conf import settings
from django.db.models import QuerySet, Sum

from payments import accounts, ledger, ledger_check
from payments.models import (
    Account,
    AccountKind,
    AutoTopUp,
    CardRefund,
    CardRefundState,
    Chargeback,
    Entitlement,
    Order,
    OrderState,
    Payout,
    PayoutState,
    ProviderEvent,
    Refund,
    TopUp,
)
from tests.payments.machine.cast import Cast
from tests.payments.machine.told import Told

_WAITING = (PayoutState.PENDING, PayoutState.PROCESSING, PayoutState.RETRYING)


def holds_always() -> None:
    """The books are right, nobody owes what they may not, and a package follows its money."""
    assert list(ledger_check.faults()) == []
    wallets = Account.objects.filter(kind=AccountKind.WALLET)
    assert not wallets.filter(balance_cents__lt=0).exists()
    for order in Order.objects.prefetch_related("refunds"):
        _order_is_right(order)


def holds_at_the_end(cast: Cast, told: Told) -> None:
    """Nothing waits, and we and the provider say the same of every cent."""
    holds_always()
    nothing_waits()
    _each_was_asked_for_once(told)
    _cards_are_right(told)
    _transfers_are_right(told)
    for buyer in cast.buyers:
        has = ledger.balance_of(accounts.wallet_of(buyer.party))
        owes = -ledger.balance_of(accounts.receivable_of(buyer.party))
        assert has - owes == _wallet(buyer.party, told)
    assert ledger.balance_of(accounts.ours(AccountKind.DISPUTED)) == 0
    assert -ledger.balance_of(accounts.ours(AccountKind.PROVIDER)) == told.balance_cents
    aside = Payout.objects.filter(state=PayoutState.FAILED).aggregate(sum=Sum("amount_cents"))
    stopped = _unsent().aggregate(sum=Sum("amount_cents"))
    in_transit = ledger.balance_of(accounts.ours(AccountKind.IN_TRANSIT))
    assert in_transit == (aside["sum"] or 0) + (stopped["sum"] or 0)


def _order_is_right(order: Order) -> None:
    given = list(Entitlement.objects.filter(order=order))
    back = list(order.refunds.all())
    assert len(given) == (1 if order.is_paid else 0)
    assert order.fee_cents == _half_up(Fraction(order.price_cents, settings.PLATFORM_FEE_PERCENT))
    refunded = sum(refund.amount_cents for refund in back)
    assert 0 <= refunded <= order.price_cents
    if order.is_paid:
        if _contested(order):
            assert given[0].revoked_at is not None
        elif not Chargeback.objects.filter(order=order).exists():
            # After a win it is back, unless its buyer has got another one meanwhile.
            assert (given[0].revoked_at is not None) == (refunded == order.price_cents)
        share = Fraction(order.fee_cents * refunded, order.price_cents)
        assert sum(refund.fee_cents for refund in back) == _half_up(share)
    if any(not refund.is_by_staff for refund in back):
        assert given[0].first_used_at is None


def _half_up(cents: Fraction) -> int:
    return floor(cents + Fraction(1, 2))


def _contested(order: Order) -> bool:
    return Chargeback.objects.standing().filter(order=order).exists()


def _unsent() -> QuerySet[CardRefund]:
    return CardRefund.objects.filter(state__in=["pending", "failed"])


def nothing_waits() -> None:
    """Everything that was begun has come to an end."""
    assert not TopUp.objects.open().exists()
    assert not Order.objects.filter(state=OrderState.PENDING).exists()
    assert not Payout.objects.filter(state__in=_WAITING).exists()
    # After a lost dispute staff decides what becomes of a refund that it has stopped.
    assert all(_contested(row.order) for row in _unsent().select_related("order"))
    assert not Chargeback.objects.open().exists()
    # What the provider was too busy to say was said later; nothing else may go wrong.
    assert not ProviderEvent.objects.exclude(error="").exclude(state="applied").exists()


def _each_was_asked_for_once(told: Told) -> None:
    assert all(count == 1 for count in told.payments_of.values()), told.payments_of
    assert all(len(sent) == 1 for sent in told.sent_for.values()), told.sent_for


def _cards_are_right(told: Told) -> None:
    paid = told.paid_for
    for top_up in TopUp.objects.all():
        is_done = top_up.state == "succeeded"
        assert paid.pop(top_up.public_id, 0) == (top_up.amount_cents if is_done else 0)
    for order in Order.objects.filter(method="card"):
        came = paid.pop(order.public_id, 0)
        back = sum(
            row.amount_cents
            for row in order.card_refunds.all()
            if row.state == CardRefundState.SUCCEEDED
        )
        assert told.back_to_card[order.intent_id or ""] == back
        if order.is_paid:
            assert came == order.price_cents
        else:
            assert came == sum(row.amount_cents for row in order.card_refunds.all())
    assert not +paid


def every_dispute_is_known(told: Told) -> None:
    """No dispute of the provider's is unheard of."""
    known = set(Chargeback.objects.values_list("provider_id", flat=True))
    assert {each["id"] for each in told.objects["dispute"]} <= known


def _transfers_are_right(told: Told) -> None:
    sent = dict(told.sent_for)
    for payout in Payout.objects.all():
        wanted = [payout.amount_cents] if payout.state == PayoutState.PAID else []
        assert sent.pop(payout.public_id, []) == wanted
    assert not sent


def _wallet(party: object, told: Told) -> int:
    """Return what came from cards and stayed, less what was bought, plus what went back."""
    paid: Counter[str] = told.paid_for
    came = sum(
        paid[top_up.public_id]
        for top_up in TopUp.objects.with_payer()
        if top_up.payer.party == party
    )
    for order in Order.objects.filter(state=OrderState.PAID, method="wallet"):
        came -= order.price_cents if order.buyer == party else 0
    for refund in Refund.objects.filter(order__method="wallet").select_related("order"):
        came += refund.amount_cents if refund.order.buyer == party else 0
    for row in CardRefund.objects.filter(state=CardRefundState.CREDITED).select_related("order"):
        came += row.amount_cents if row.order.buyer == party else 0
    for contested in Chargeback.objects.standing().exclude(top_up=None).select_related("top_up"):
        assert contested.top_up is not None
        came -= contested.amount_cents if contested.top_up.payer.party == party else 0
    return came


def monthly_ceilings_hold() -> None:
    """No wallet has filled itself beyond its rule."""
    for rule in AutoTopUp.objects.all():
        months: Counter[tuple[int, int]] = Counter()
        filled = TopUp.objects.filter(payer=rule.payer, source="automatic", state="succeeded")
        for top_up in filled:
            months[top_up.created_at.year, top_up.created_at.month] += top_up.amount_cents
        assert all(cents <= rule.monthly_ceiling_cents for cents in months.values())


def what_happened() -> Counter[str]:
    """Return how many rows have come to which end, to show that a run was about something."""
    seen: Counter[str] = Counter()
    for model in (TopUp, Order, Payout, CardRefund, Chargeback):
        for state in model.objects.values_list("state", flat=True):
            seen[f"{model._meta.model_name} {state}"] += 1
    seen["refund"] = Refund.objects.count()
    seen["receivable"] = Refund.objects.filter(receivable_cents__gt=0).count()
    return seen
