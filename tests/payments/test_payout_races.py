"""Workers that meet at one payout, and workers that die at it: the money goes once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from payments import accounts, ledger, ledger_check, paying_out, payouts, stripe_port
from payments.ledger import Entry
from payments.models import AccountKind, Payout, PayoutState, Posting, SellerAccount
from tests.factories.payments import SellerAccountFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.racing import dies, race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

_CENTS = 5_000
# The sandbox keeps from whoever pays so much how it went: nothing was done, or everything was.
_LOST_BEFORE, _LOST_AFTER = 6_665, 6_666


@pytest.fixture(autouse=True)
def provider(sandbox: PaymentSandbox, monkeypatch: pytest.MonkeyPatch) -> PaymentSandbox:
    """Processes of a race pay at the same sandbox, which has money of ours."""
    for name, value in sandbox.environment.items():
        monkeypatch.setenv(name, value)
    sandbox.control("funds", amount="1000000")
    return sandbox


def owed(provider: PaymentSandbox, cents: int = _CENTS) -> SellerAccount:
    """Return a seller who can be paid, and is owed so much."""
    seller: SellerAccount = SellerAccountFactory.create()
    opened = stripe_port.create_account(
        email="", country="US", metadata={}, key=f"{seller.public_id}:1"
    )
    provider.control(f"accounts/{opened.id}/complete")
    SellerAccount.objects.filter(pk=seller.pk).update(account_id=opened.id)
    payable, funds = accounts.payable_of(seller.vendor), accounts.ours(AccountKind.PROVIDER)
    with transaction.atomic():
        entry = Entry("sale", funds, payable, cents)
        ledger.post(f"test:{seller.public_id}", [entry], now=timezone.now())
    return seller


def planned(provider: PaymentSandbox, cents: int = _CENTS) -> Payout:
    payout = payouts.plan(owed(provider, cents), now=timezone.now())
    assert payout is not None
    return payout


def again(payout: Payout) -> Payout:
    """Return a payout as it is now."""
    return Payout.objects.select_related("vendor").get(pk=payout.pk)


def swept() -> None:
    """Let leases run out and everything be due, and let beat have its turn."""
    past = timezone.now() - timedelta(seconds=1)
    Payout.objects.exclude(lease_until=None).update(lease_until=past)
    Payout.objects.update(due_at=past)
    keys = list(Payout.objects.unattended(now=timezone.now()).values_list("pk", flat=True))
    assert paying_out.sweep() == len(keys)
    for pk in keys:
        paying_out.pay_out(pk)


def is_paid_once(payout: Payout) -> bool:
    """Tell whether one transfer is there, the ledger says so once, and the row names it."""
    (transfer,) = stripe_port.list_transfers(payout.public_id)
    paid = Posting.objects.filter(key=f"{payout.event}:paid").count()
    row = again(payout)
    assert transfer.amount_cents == payout.amount_cents
    return (row.state, row.transfer_id, paid) == (PayoutState.PAID, transfer.id, 1)


def test_plans_made_twice_at_once_are_one_for_each_seller(provider: PaymentSandbox) -> None:
    sellers = [owed(provider) for _ in range(6)]
    counts = race("tests.payments.payout_racers:plan_all", processes=4, threads=2)
    assert sum(map(int, counts)) == 6
    for seller in sellers:
        assert Payout.objects.get(vendor=seller.vendor).amount_cents == _CENTS
        assert ledger.balance_of(accounts.payable_of(seller.vendor)) == 0
    assert list(ledger_check.faults()) == []


def test_one_payout_is_paid_once_however_many_workers_have_its_message(
    provider: PaymentSandbox,
) -> None:
    payout = planned(provider)
    race("tests.payments.payout_racers:pay", str(payout.pk), processes=4, threads=4)
    assert is_paid_once(payout)
    assert (again(payout).tries, provider.totals["transfers"]) == (1, _CENTS)


def test_a_worker_that_outlives_its_lease_pays_nothing_twice(provider: PaymentSandbox) -> None:
    """Both are at the provider at the same moment, under one key."""
    payout = planned(provider)
    provider.control("faults", path="/v1/transfers", fault="slow:1", times="1")
    race("tests.payments.payout_racers:pay_after_a_lease", str(payout.pk), processes=3, threads=1)
    assert again(payout).tries == 3
    swept()
    assert is_paid_once(payout)
    assert provider.totals["transfers"] == _CENTS


def test_a_worker_killed_at_any_statement_leaves_a_payout_that_is_paid_once(
    provider: PaymentSandbox,
) -> None:
    statements = [*range(1, 17)]
    made = [planned(provider) for _ in statements]
    killed = _killed_at(made, statements)
    # So many there are at least, from the look at the row to what is written once it is paid; and
    # whoever was not killed had fewer.
    assert killed == sorted(killed, reverse=True)
    assert 10 <= sum(killed) < len(statements)
    swept()
    assert all(is_paid_once(payout) for payout in made)
    assert provider.totals["transfers"] == _CENTS * len(made)
    assert list(ledger_check.faults()) == []


@pytest.mark.parametrize("cents", [_LOST_BEFORE, _LOST_AFTER])
def test_a_worker_killed_before_it_notes_that_nobody_answered(
    provider: PaymentSandbox, cents: int
) -> None:
    payout = planned(provider, cents)
    # The row, the claim, the row again; the provider; the fourth would note it.
    assert _killed_at([payout], [4]) == [True]
    assert again(payout).state == PayoutState.PROCESSING
    assert provider.totals["transfers"] == (cents if cents == _LOST_AFTER else 0)
    swept()
    assert is_paid_once(payout)
    assert provider.totals["transfers"] == cents


def _killed_at(made: list[Payout], statements: list[int]) -> list[bool]:
    """Let a worker of its own pay each, and die before a statement; tell which of them died."""
    return [
        dies("tests.payments.payout_racers:pay_until", str(payout.pk), str(number))
        for payout, number in zip(made, statements, strict=True)
    ]
