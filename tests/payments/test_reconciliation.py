"""Rows whose end nobody has seen come to it by asking the provider, and totals are compared."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from payments import card_payments, reconciliation, stripe_port, top_up_payments, top_ups
from payments.models import TopUp, TopUpState
from tests.bearer import BUYER, Bearer
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.paying import ask, balance, begun, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider whose events are lost."""
    sandbox.control("webhooks", mode="drop")
    return Bearer(bob, BUYER).client


def reconciled(top_up: TopUp, *, after: timedelta = timedelta(minutes=3)) -> TopUp:
    """Reconcile as the sweep does, some time after it began; return the row."""
    now = top_up.created_at + after
    TopUp.objects.filter(pk=top_up.pk, check_at__gt=now).update(check_at=now)
    reconciliation.reconcile("top", top_up.pk, now=now)
    return TopUp.objects.get(pk=top_up.pk)


def whole() -> tuple[datetime, datetime]:
    """Return the period in which everything of a test happened."""
    now = timezone.now()
    return now - timedelta(hours=1), now + timedelta(hours=1)


def test_a_lost_webhook_costs_minutes_and_no_money(
    client: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    top_up = begun(client)
    pay(sandbox, top_up)
    assert reconciled(top_up).state == TopUpState.SUCCEEDED
    assert balance(bob) == 1000


def test_what_is_young_is_left_alone(client: Client) -> None:
    begun(client)
    assert reconciliation.sweep() == 0


def test_the_sweep_finds_what_is_old(client: Client) -> None:
    begun(client)
    TopUp.objects.update(check_at=timezone.now())
    assert reconciliation.sweep() == 1


def test_it_asks_less_and_less_often(client: Client) -> None:
    top_up = begun(client)
    first = reconciled(top_up)
    assert first.check_at - top_up.created_at == timedelta(minutes=5)
    reconciliation.reconcile("top", top_up.pk, now=first.check_at)
    second = TopUp.objects.get()
    assert (second.checks, second.check_at - first.check_at) == (2, timedelta(minutes=4))


def test_two_workers_ask_once(client: Client, sandbox: PaymentSandbox) -> None:
    top_up = begun(client)
    now = top_up.check_at
    before = len(sandbox.requests)
    reconciliation.reconcile("top", top_up.pk, now=now)
    reconciliation.reconcile("top", top_up.pk, now=now)
    assert len(sandbox.requests) == before + 1


def test_a_payment_whose_answer_was_lost_is_found(
    client: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    sandbox.control("faults", path="/v1/payment_intents", fault="timeout_after_commit", times="3")
    assert ask(client).json()["code"] == "outcome_unknown"
    top_up = TopUp.objects.get()
    assert top_up.intent_id is None
    top_up = reconciled(top_up)
    assert top_up.intent_id is not None
    pay(sandbox, top_up)
    assert reconciled(top_up, after=timedelta(minutes=9)).state == TopUpState.SUCCEEDED
    assert balance(bob) == 1000


@pytest.mark.parametrize("path", ["/v1/customers", "/v1/payment_intents"])
def test_one_that_the_provider_never_got_is_given_up(
    client: Client, sandbox: PaymentSandbox, path: str
) -> None:
    sandbox.control("faults", path=path, fault="timeout_before", times="3")
    assert ask(client, key="a").status_code == 503
    top_up = TopUp.objects.get()
    assert reconciled(top_up).state == TopUpState.PENDING
    top_up = reconciled(top_up, after=timedelta(minutes=11))
    assert (top_up.state, top_up.is_open) == (TopUpState.CANCELED, False)
    # Whoever repeats the request after that begins another.
    assert ask(client, key="a").status_code == 409
    assert ask(client, key="a").status_code == 201
    assert TopUp.objects.count() == 2


def test_nobody_pays_after_a_day(client: Client, sandbox: PaymentSandbox) -> None:
    top_up = begun(client)
    assert reconciled(top_up, after=timedelta(hours=23)).state == TopUpState.PENDING
    assert reconciled(top_up, after=top_ups.EXPIRES).state == TopUpState.CANCELED
    assert stripe_port.retrieve_intent(top_up.intent_id or "").status == "canceled"


def test_a_decline_stays_one_when_its_time_is_over(client: Client, sandbox: PaymentSandbox) -> None:
    top_up = begun(client)
    pay(sandbox, top_up, "decline")
    assert reconciled(top_up).is_open
    top_up = reconciled(top_up, after=top_ups.EXPIRES)
    assert (top_up.state, top_up.is_open) == (TopUpState.FAILED, False)


def test_paid_at_the_last_moment_is_paid(
    client: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    top_up = begun(client)
    unpaid = stripe_port.retrieve_intent(top_up.intent_id or "")
    pay(sandbox, top_up)
    assert (
        card_payments.call_off(unpaid, bill=top_up_payments.bill_of(top_up)).status == "succeeded"
    )


def test_a_provider_that_is_away_is_asked_again(
    client: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    top_up = begun(client)
    pay(sandbox, top_up)
    sandbox.control("faults", path="/v1/payment_intents", fault="rate_limited", times="1")
    assert reconciled(top_up).state == TopUpState.PENDING
    assert reconciled(top_up, after=timedelta(minutes=9)).state == TopUpState.SUCCEEDED


class TestTotals:
    def test_they_are_equal_when_all_is_told(self, client: Client, sandbox: PaymentSandbox) -> None:
        for cents in (1000, 2500):
            top_up = begun(client, cents)
            pay(sandbox, top_up)
            reconciled(top_up)
        begun(client)
        since, until = whole()
        found = reconciliation.compare(since=since, until=until)
        assert (found.provider_cents, found.ledger_cents) == (3500, 3500)
        assert found.provider_cents == sandbox.totals["charges"]
        assert found.differing == {}

    def test_what_differs_is_named_and_mended(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up)
        TopUp.objects.update(state=TopUpState.CANCELED, ended_at=timezone.now())
        since, until = whole()
        found = reconciliation.compare(since=since, until=until)
        assert found.differing == {top_up.public_id: (1000, 0)}
        mended = reconciliation.compare_and_mend(since=since, until=until, now=timezone.now())
        assert (mended.differing, mended.ledger_cents, balance(bob)) == ({}, 1000, 1000)

    def test_money_that_nobody_here_asked_for_is_named(
        self, client: Client, sandbox: PaymentSandbox
    ) -> None:
        customer = stripe_port.create_customer(email="", name="bob", metadata={}, key="cus:1")
        charge = stripe_port.Charge(amount_cents=700, currency="USD", customer_id=customer.id)
        intent = stripe_port.create_intent(charge, key="a:1")
        sandbox.control(f"intents/{intent.id}/pay")
        since, until = whole()
        found = reconciliation.compare(since=since, until=until)
        assert found.differing == {intent.id: (700, 0)}

    def test_other_periods_are_left_out(self, client: Client, sandbox: PaymentSandbox) -> None:
        top_up = begun(client)
        pay(sandbox, top_up)
        since, _ = whole()
        found = reconciliation.compare(since=since - timedelta(days=2), until=since)
        assert (found.provider_cents, found.differing) == (0, {})
