"""The machine: rules that Hypothesis puts in any order, each with a death or a fault of its own."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from django.db import connection, transaction
from django.db.models import Max
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from payments import card_purchases, card_refunds, entitlements, paying_out, payouts, refunds
from payments.errors import PaymentMismatch, PaymentsError
from payments.models import (
    CardRefund,
    Entitlement,
    Order,
    Payout,
    PayoutState,
    Posting,
    SellerAccount,
    TopUp,
)
from payments.stripe_port import ProviderError
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.machine import acts, told, truth
from tests.payments.machine.acts import Request
from tests.payments.machine.cast import Cast
from tests.payments.machine.deaths import dying

_Item = TypeVar("_Item")

_WAITS = [
    *(timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=11), timedelta(hours=3)),
    *(timedelta(days=1), timedelta(days=8)),
]
_FAULTS = [
    *(("rate_limited", 1), ("server_error", 3), ("server_error_saved", 1)),
    *(("timeout_before", 3), ("timeout_after_commit", 3), ("timeout_after_commit", 1)),
]
_PATHS = ["/v1/", "/v1/payment_intents", "/v1/transfers", "/v1/refunds"]
_CARDS = ["pm_card_visa", "pm_card_chargeCustomerFail"]

any_number = st.integers(0, 7)
# Of a worker or a request: mostly it lives.
death = st.one_of(st.none(), st.none(), st.integers(1, 30))


class MoneyMachine(RuleBasedStateMachine):
    """One run; everything that it does is undone at its end."""

    sandbox: ClassVar[PaymentSandbox]
    cast: ClassVar[Cast]
    runs: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    seen: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        type(self).runs += 1
        self.savepoint = transaction.savepoint()
        self.sandbox.control("restore")
        self.now = self.cast.begins_at
        self.asked: list[Request] = []
        self.last_looked_at: int | None = None

    # What people do.

    @rule(who=any_number, cents=st.sampled_from([500, 5_000, 40_001]), dies=death)
    def ask_for_a_top_up(self, who: int, cents: int, dies: int | None) -> None:
        self._ask(acts.top_up(_one(self.cast.buyers, who), cents), dies)

    @rule(who=any_number)
    def top_up(self, who: int) -> None:
        """Ask, and pay at once; who else hears of it is another matter."""
        buyer = _one(self.cast.buyers, who)
        self._ask(acts.top_up(buyer, 40_001), None)
        made = TopUp.objects.of(buyer.actor).exclude(intent_id=None).order_by("-pk").first()
        if made:
            acts.at_the_card(self.sandbox, made.intent_id or "", "pay")

    @rule(who=any_number, what=any_number, dies=death)
    def buy(self, who: int, what: int, dies: int | None) -> None:
        request = acts.buy(_one(self.cast.buyers, who), _one(self.cast.listings, what))
        self._ask(request, dies)

    @rule(who=any_number, what=any_number, dies=death, pays=st.booleans())
    def buy_by_card(self, who: int, what: int, dies: int | None, *, pays: bool) -> None:
        request = acts.buy_by_card(_one(self.cast.buyers, who), _one(self.cast.listings, what))
        self._ask(request, dies)
        waiting = Order.objects.open().exclude(intent_id=None).order_by("-pk").first()
        if pays and waiting:
            acts.at_the_card(self.sandbox, waiting.intent_id or "", "pay")
            self._do(lambda: acts.come_back(waiting, now=self.now), dies)

    @precondition(lambda self: self.asked)
    @rule(which=any_number, dies=death)
    def ask_again(self, which: int, dies: int | None) -> None:
        """Repeat a key, as a client does that has heard nothing."""
        self._do(lambda: _one(self.asked[::-1], which)(self.now), dies)

    @rule(which=any_number, act=st.sampled_from(["pay", "pay", "pay", "decline", "ask"]))
    def go_to_the_card(self, which: int, act: str) -> None:
        known: list[str | None] = []
        for rows in (TopUp.objects.order_by("-pk"), Order.objects.order_by("-pk")):
            known += rows.exclude(intent_id=None).values_list("intent_id", flat=True)
        if known:
            acts.at_the_card(self.sandbox, _one(known, which) or "", act)

    @rule(who=any_number, card=st.sampled_from(_CARDS))
    def fill_by_itself(self, who: int, card: str) -> None:
        buyer = _one(self.cast.buyers, who)
        self._do(lambda: acts.fill_by_itself(buyer, self.sandbox, card=card, now=self.now))

    @rule(which=any_number)
    def fetch(self, which: int) -> None:
        """Use what was bought."""
        if held := list(Entitlement.objects.active().order_by("-pk")):
            entitlements.use(_one(held, which), now=self.now)

    @rule(which=any_number, dies=death)
    def take_back(self, which: int, dies: int | None) -> None:
        if order := self._order(which):
            buyer = next(each for each in self.cast.buyers if each.party == order.buyer)
            self._ask(acts.take_back(buyer, order), dies)

    @rule(which=any_number, dies=death)
    def call_off_an_order(self, which: int, dies: int | None) -> None:
        if orders := list(Order.objects.with_buyer().filter(state="pending")):
            order = _one(orders, which)
            buyer = next(each for each in self.cast.buyers if each.party == order.buyer)
            self._do(lambda: card_purchases.cancel(order, by=buyer.actor, now=self.now), dies)

    # What sellers and staff do.

    @rule(which=any_number, dies=death)
    def onboard(self, which: int, dies: int | None) -> None:
        vendor = _one(self.cast.vendors, which)
        by = self.cast.buyers[0].actor
        self._do(lambda: acts.onboard(vendor, self.sandbox, by=by, now=self.now), dies)

    @rule(which=any_number)
    def restrict(self, which: int) -> None:
        """Let the provider want to know more, so that nobody can be paid."""
        account = SellerAccount.objects.exclude(account_id=None).order_by("pk").first()
        if account:
            self.sandbox.control(f"accounts/{account.account_id}/restrict")

    @rule(which=any_number, part=st.sampled_from([1, 3, 100]), dies=death)
    def refund(self, which: int, part: int, dies: int | None) -> None:
        """Refund a cent, a third, or the hundredth that is, for once, the whole."""
        order = self._order(which)
        if order and order.refundable_cents:
            left = order.refundable_cents
            cents = {1: 1, 3: max(1, left // 3), 100: left}[part]
            facts: dict[str, Any] = {"amount_cents": cents, "reason": "so", "now": self.now}
            self._do(lambda: refunds.refund(order, by=self.cast.staff, **facts), dies)

    @rule(which=any_number, act=st.sampled_from([payouts.retry, payouts.cancel]))
    def deal_with_a_failed_payout(self, which: int, act: Callable[..., None]) -> None:
        if failed := list(Payout.objects.filter(state=PayoutState.FAILED)):
            act(_one(failed, which), by=self.cast.staff, now=self.now)

    # What workers do.

    @rule(dies=death)
    def plan_payouts(self, dies: int | None) -> None:
        self._do(lambda: paying_out.plan_due(now=self.now), dies)

    @rule(dies=death)
    def pay_out(self, dies: int | None) -> None:
        self._do(lambda: acts.pay_out(now=self.now), dies)

    @rule(dies=death)
    def reconcile(self, dies: int | None) -> None:
        self._do(lambda: acts.reconcile(now=self.now), dies)

    @rule(dies=death)
    def send_back_to_cards(self, dies: int | None) -> None:
        self._do(lambda: acts.send_back(now=self.now), dies)

    @rule(dies=death)
    def fill_wallets(self, dies: int | None) -> None:
        self._do(lambda: acts.fill_wallets(now=self.now), dies)

    @rule(which=any_number, times=st.integers(1, 2), dies=death)
    def hear_an_event(self, which: int, times: int, dies: int | None) -> None:
        """Any of the last ones, so late ones may come first, and some never."""
        if events := self._events():
            for _ in range(times):
                self._do(lambda: acts.hear(_one(events[::-1], which), now=self.now), dies)

    @rule(dies=death)
    def work_inbox(self, dies: int | None) -> None:
        self.now += timedelta(seconds=15)
        self._do(lambda: acts.work_inbox(now=self.now), dies)

    @rule(dies=death)
    def look_at_disputes(self, dies: int | None) -> None:
        self._do(lambda: acts.look_at_disputes(now=self.now), dies)

    # What happens.

    @rule(which=any_number, part=st.sampled_from([{}, {"amount": "77"}]))
    def contest(self, which: int, part: dict[str, str]) -> None:
        """Let the owner of a card dispute what it has paid."""
        ids: list[str | None] = []
        ids += TopUp.objects.filter(state="succeeded").values_list("intent_id", flat=True)
        ids += Order.objects.filter(method="card", state="paid").values_list("intent_id", flat=True)
        if ids:
            acts.contest(self.sandbox, _one(ids[::-1], which) or "", **part)

    @rule(which=any_number, act=st.sampled_from(["win", "lose"]))
    def decide(self, which: int, act: str) -> None:
        if contested := told.by(self.sandbox).open_disputes:
            self.sandbox.control(f"disputes/{_one(contested, which)}/{act}")

    @rule(fault=st.sampled_from(_FAULTS), path=st.sampled_from(_PATHS))
    def the_provider_stumbles(self, fault: tuple[str, int], path: str) -> None:
        self.sandbox.control("faults", path=path, fault=fault[0], times=str(fault[1]))

    @rule(wait=st.sampled_from(_WAITS))
    def time_passes(self, wait: timedelta) -> None:
        self.now += wait

    # What is true.

    @invariant()
    def money_is_right(self) -> None:
        type(self).steps += 1
        last = Posting.objects.aggregate(last=Max("pk"))["last"]
        if last != self.last_looked_at:  # where nothing has moved nothing has become wrong
            self.last_looked_at = last
            truth.holds_always()

    def teardown(self) -> None:
        """Let time pass and workers work until nothing waits; compare; forget it all."""
        try:
            self._come_to_an_end()
            truth.holds_at_the_end(self.cast, told.by(self.sandbox))
            self.seen.update(truth.what_happened())
            truth.monthly_ceilings_hold()
        finally:
            connection.needs_rollback = False
            transaction.savepoint_rollback(self.savepoint)
            connection.run_on_commit.clear()

    def _come_to_an_end(self) -> None:
        for number, dispute_id in enumerate(told.by(self.sandbox).open_disputes):
            self.sandbox.control(f"disputes/{dispute_id}/{'lose' if number % 2 else 'win'}")
        for _ in range(20):
            self.now += timedelta(hours=9)
            acts.work_inbox(now=self.now)
            acts.reconcile(now=self.now)
            acts.look_at_disputes(now=self.now)
            acts.pay_out(now=self.now)
            acts.send_back(now=self.now)
            for back in CardRefund.objects.with_order().filter(state="failed"):
                card_refunds.retry(back, by=self.cast.staff, now=self.now)
            with suppress(AssertionError):
                truth.nothing_waits()
                truth.every_dispute_is_known(told.by(self.sandbox))
                return

    def _ask(self, request: Request, dies: int | None) -> None:
        self.asked.append(request)
        self._do(lambda: request(self.now), dies)

    def _do(self, act: Callable[[], object], dies: int | None = None) -> None:
        try:
            with dying(dies):
                act()
        except PaymentMismatch:
            raise
        except (PaymentsError, ProviderError):
            pass  # refused, which is as good as anything, as long as the books are right

    def _order(self, which: int) -> Order | None:
        paid = list(Order.objects.with_buyer().filter(state="paid").order_by("-pk"))
        return _one(paid, which) if paid else None

    def _events(self) -> list[dict[str, Any]]:
        return told.by(self.sandbox).objects["event"]


def _one(items: Sequence[_Item], number: int) -> _Item:
    return items[number % len(items)]
