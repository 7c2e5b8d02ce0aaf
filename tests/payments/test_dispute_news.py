"""News of disputes: in any order, late, many times or never, they come to the same."""

import pytest
from django.utils import timezone

from accounts.models import User
from payments import (
    dispute_sweep,
    stripe_port,
)
from payments.models import (
    Chargeback,
    ChargebackState,
    EventState,
    Posting,
    ProviderEvent,
    TopUp,
    WalletFreeze,
)
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.payments.disputing import (
    decide,
    dispute,
    ended,
    hear,
    is_frozen,
    opened,
    owed,
    paid,
    spend,
)
from tests.payments.paying import balance, hand_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_agree")]


def test_it_comes_by_events(sandbox: PaymentSandbox, receiver: Receiver, bob: User) -> None:
    top_up = paid(bob, sandbox)
    dispute(sandbox, top_up.intent_id)
    hand_in(receiver, events=6)
    assert (balance(bob), is_frozen(bob)) == (0, True)
    kinds = ProviderEvent.objects.filter(type__startswith="charge.dispute").values_list("state")
    assert list(kinds) == [(EventState.APPLIED,), (EventState.APPLIED,)]


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
@pytest.mark.parametrize(("act", "cents"), [("win", 1000), ("lose", 0)])
def test_events_in_any_order_and_many_times_come_to_the_same(
    sandbox: PaymentSandbox,
    receiver: Receiver,
    bob: User,
    order: slice,
    act: str,
    cents: int,
) -> None:
    top_up = paid(bob, sandbox)
    decide(sandbox, dispute(sandbox, top_up.intent_id), act)
    told = sandbox.look("events")["data"]
    for event in told:
        if event["type"].startswith("charge.dispute"):
            sandbox.control(f"events/{event['id']}/deliver", times="5")
    hand_in(receiver, events=len(told) + 15, order=order)
    assert (balance(bob), owed(bob), is_frozen(bob)) == (cents, 0, act == "lose")
    assert Chargeback.objects.count() == 1
    states = ProviderEvent.objects.filter(object_kind="dispute").values_list("state", flat=True)
    assert set(states) == {EventState.APPLIED}


def test_dropped_events_are_found_by_the_sweep(
    sandbox: PaymentSandbox,
    bob: User,
) -> None:
    sandbox.control("webhooks", mode="drop")
    top_up = paid(bob, sandbox)
    dispute(sandbox, top_up.intent_id)
    assert not ProviderEvent.objects.exists()
    for dispute_id in dispute_sweep.unsettled(now=timezone.now()):
        dispute_sweep.look(dispute_id, now=timezone.now())
    assert (balance(bob), is_frozen(bob)) == (0, True)


def test_a_dispute_heard_of_before_its_payment(sandbox: PaymentSandbox, bob: User) -> None:
    top_up = paid(bob, sandbox)
    hear(dispute(sandbox, top_up.intent_id))
    assert (balance(bob), is_frozen(bob)) == (0, True)
    assert Posting.objects.filter(event=top_up.event).count() == 1


@pytest.mark.parametrize(("act", "cents"), [("win", 1000), ("lose", 0)])
def test_the_end_heard_of_first(
    top_up: TopUp, sandbox: PaymentSandbox, bob: User, act: str, cents: int
) -> None:
    dispute_id = dispute(sandbox, top_up.intent_id)
    decide(sandbox, dispute_id, act)
    hear(dispute_id)
    assert (balance(bob), is_frozen(bob)) == (cents, act == "lose")


@pytest.mark.parametrize("is_first_known", [False, True])
def test_one_that_was_won_unheard_makes_room_for_the_next(
    top_up: TopUp,
    sandbox: PaymentSandbox,
    bob: User,
    is_first_known: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    first = dispute(sandbox, top_up.intent_id)
    if is_first_known:
        hear(first)
    decide(sandbox, first, "win")
    second = dispute(sandbox, top_up.intent_id)
    hear(second)
    standing = Chargeback.objects.standing().get()
    assert (standing.provider_id, standing.state) == (second, ChargebackState.OPEN)
    assert Chargeback.objects.get(provider_id=first).state == ChargebackState.WON
    assert (balance(bob), is_frozen(bob)) == (0, True)


def test_several_that_were_won_unheard_leave_everything_as_it_was(
    top_up: TopUp, sandbox: PaymentSandbox, bob: User
) -> None:
    first = dispute(sandbox, top_up.intent_id)
    hear(first)
    decide(sandbox, first, "win")
    for _ in range(2):
        latest = dispute(sandbox, top_up.intent_id)
        decide(sandbox, latest, "win")
    hear(latest)
    assert Chargeback.objects.filter(state=ChargebackState.WON).count() == 3
    assert (balance(bob), is_frozen(bob)) == (1000, False)


def test_twenty_times_is_once(top_up: TopUp, sandbox: PaymentSandbox, bob: User) -> None:
    spend(bob, 700)
    chargeback = opened(sandbox, top_up)
    for _ in range(20):
        hear(chargeback.provider_id)
    assert (owed(bob), Chargeback.objects.count()) == (700, 1)
    ended(sandbox, chargeback, "win")
    for _ in range(20):
        hear(chargeback.provider_id)
    assert (balance(bob), owed(bob), WalletFreeze.objects.count()) == (300, 0, 1)


def test_lost_events_are_found_by_asking(top_up: TopUp, sandbox: PaymentSandbox, bob: User) -> None:
    dispute_id = dispute(sandbox, top_up.intent_id)
    assert dispute_sweep.unsettled(now=timezone.now()) == [dispute_id]
    hear(dispute_id)
    assert dispute_sweep.unsettled(now=timezone.now()) == [dispute_id]
    decide(sandbox, dispute_id, "win")
    hear(dispute_id)
    assert dispute_sweep.unsettled(now=timezone.now()) == []
    assert balance(bob) == 1000


def test_a_provider_that_is_away_costs_time_only(
    top_up: TopUp, sandbox: PaymentSandbox, bob: User
) -> None:
    chargeback = opened(sandbox, top_up)
    sandbox.control("faults", path="/v1/disputes", fault="rate_limited", times="6")
    assert dispute_sweep.unsettled(now=timezone.now()) == [chargeback.provider_id]
    hear(chargeback.provider_id)
    assert is_frozen(bob)


def test_somebody_elses_payment_is_not_ours(
    sandbox: PaymentSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.control("funds", amount="1000")
    charge = stripe_port.Charge(
        amount_cents=1000,
        currency="USD",
        customer_id=stripe_port.create_customer(email="", name="x", metadata={}, key="other:1").id,
        metadata={},
    )
    intent = stripe_port.create_intent(charge, key="other:2")
    sandbox.control(f"intents/{intent.id}/pay")
    hear(dispute(sandbox, intent.id))
    assert "no payment of ours" in caplog.text
    sandbox.control("forget")
