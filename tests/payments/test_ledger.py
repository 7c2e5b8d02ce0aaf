"""Postings move balances, and nothing else does."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from payments import accounts, ledger
from payments.errors import AccountFrozen, AlreadyPosted, Overdraft
from payments.ledger import Entry
from payments.models import Account, AccountKind, Posting
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import VendorFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(db: None) -> Account:
    return accounts.ours(AccountKind.PROVIDER)


@pytest.fixture
def wallet(bob: User) -> Account:
    return accounts.wallet_of(bob)


def fill(wallet: Account, cents: int, *, now: datetime) -> Posting:
    """Put money into a wallet from outside."""
    entry = Entry("credit", accounts.ours(AccountKind.PROVIDER), wallet, cents)
    count = Posting.objects.count()
    with transaction.atomic():
        return ledger.post(f"top_up:{count}", [entry], now=now)[0]


def move(event: str, debit: Account, credit: Account, cents: int) -> Posting:
    """Post one entry."""
    with transaction.atomic():
        return ledger.post(event, [Entry("part", debit, credit, cents)], now=timezone.now())[0]


def test_a_posting_moves_the_balances_of_both_sides(
    wallet: Account, bob: User, now: datetime
) -> None:
    payable = accounts.payable_of(VendorFactory.create())
    fill(wallet, 1_000, now=now)
    posting = move("order:1", wallet, payable, 400)
    assert (ledger.balance_of(wallet), ledger.balance_of(payable)) == (600, 400)
    assert (posting.debit_balance_cents, posting.credit_balance_cents) == (600, 400)


def test_accounts_without_a_balance_row_are_summed(
    wallet: Account, provider: Account, now: datetime
) -> None:
    fill(wallet, 1_000, now=now)
    fill(wallet, 500, now=now)
    assert ledger.balance_of(provider) == -1_500
    assert Account.objects.get(pk=provider.pk).balance_cents is None


def test_an_overdraft_says_how_much_is_missing(wallet: Account, now: datetime) -> None:
    fees = accounts.ours(AccountKind.FEES)
    fill(wallet, 100, now=now)
    with pytest.raises(Overdraft) as refusal:
        move("order:1", wallet, fees, 250)
    assert refusal.value.missing_cents == 150
    assert ledger.balance_of(wallet) == 100


def test_entries_of_one_event_stand_on_each_other(wallet: Account, now: datetime) -> None:
    payable, fees = accounts.payable_of(VendorFactory.create()), accounts.ours(AccountKind.FEES)
    fill(wallet, 100, now=now)
    parts = [Entry("price", wallet, payable, 60), Entry("fee", wallet, fees, 60)]
    with pytest.raises(Overdraft), transaction.atomic():
        ledger.post("order:1", parts, now=now)
    assert Posting.objects.count() == 1


def test_an_event_is_posted_once(wallet: Account, provider: Account, now: datetime) -> None:
    move("top_up:7", provider, wallet, 100)
    with pytest.raises(AlreadyPosted):
        move("top_up:7", provider, wallet, 100)
    assert ledger.balance_of(wallet) == 100


def test_a_frozen_wallet_takes_in_and_gives_nothing_out(
    wallet: Account, provider: Account, now: datetime
) -> None:
    fill(wallet, 100, now=now)
    Account.objects.filter(pk=wallet.pk).update(frozen_at=now)
    fill(wallet, 100, now=now)
    with pytest.raises(AccountFrozen):
        move("order:1", wallet, provider, 50)


def test_a_payable_may_go_below_zero_within_its_floor(db: None) -> None:
    payable, fees = accounts.payable_of(VendorFactory.create()), accounts.ours(AccountKind.FEES)
    move("refund:1", payable, fees, 50_000)
    with pytest.raises(Overdraft):
        move("refund:2", payable, fees, 1)
    assert ledger.balance_of(payable) == -50_000


def test_money_moves_in_a_transaction_only(transactional_db: None) -> None:
    entry = Entry("part", accounts.ours(AccountKind.PROVIDER), accounts.ours(AccountKind.FEES), 1)
    with pytest.raises(transaction.TransactionManagementError):
        ledger.post("order:1", [entry], now=timezone.now())


def test_a_party_has_one_account_of_a_kind(bob: User) -> None:
    assert accounts.wallet_of(bob) == accounts.wallet_of(bob)
    organization = OrganizationFactory.create()
    assert accounts.wallet_of(organization) != accounts.receivable_of(organization)


def posted_past_the_domain(**changes: object) -> Posting:
    """Insert a posting as somebody would who goes around `ledger.post`."""
    fields = {"key": "raw:1", "event": "raw", "amount_cents": 10} | changes
    posting = Posting(**fields)
    posting.save(force_insert=True)
    return posting


class TestTheDatabaseRefuses:
    """Whatever writes, these never come to be."""

    @pytest.fixture(autouse=True)
    def _money(self, wallet: Account, now: datetime) -> None:
        fill(wallet, 100, now=now)

    @pytest.mark.parametrize("cents", [0, -5])
    def test_an_amount_that_is_not_positive(
        self, wallet: Account, provider: Account, cents: int
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(
                debit=wallet, credit=provider, amount_cents=cents, debit_balance_cents=100 - cents
            )

    def test_an_overdraft(self, wallet: Account, provider: Account) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(
                debit=wallet, credit=provider, amount_cents=101, debit_balance_cents=-1
            )

    def test_a_posting_from_an_account_to_itself(self, provider: Account) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(debit=provider, credit=provider)

    def test_a_repeated_key(self, wallet: Account, provider: Account) -> None:
        posted_past_the_domain(debit=wallet, credit=provider, debit_balance_cents=90)
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(debit=wallet, credit=provider, debit_balance_cents=80)

    @pytest.mark.parametrize("told", [None, 89, 91])
    def test_a_balance_that_the_posting_tells_wrongly(
        self, wallet: Account, provider: Account, told: int | None
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(debit=wallet, credit=provider, debit_balance_cents=told)

    def test_a_told_balance_of_an_account_that_has_none(
        self, wallet: Account, provider: Account
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(
                debit=wallet, credit=provider, debit_balance_cents=90, credit_balance_cents=10
            )

    def test_two_currencies_in_one_posting(self, wallet: Account) -> None:
        euros = Account.objects.create(kind=AccountKind.FEES, code="fees:EUR", currency="EUR")
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(debit=wallet, credit=euros, debit_balance_cents=90)

    def test_a_debit_of_a_frozen_wallet(
        self, wallet: Account, provider: Account, now: datetime
    ) -> None:
        Account.objects.filter(pk=wallet.pk).update(frozen_at=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            posted_past_the_domain(debit=wallet, credit=provider, debit_balance_cents=90)

    @pytest.mark.parametrize(
        "change",
        [
            {"balance_cents": 1_000_000},
            {"balance_cents": F("balance_cents") + 1, "moved_by": F("moved_by") + 1},
            {"moved_by": 0},
            {"currency": "EUR"},
            {"user": None},
            {"kind": AccountKind.RECEIVABLE},
            {"code": "wallet:other"},
        ],
    )
    def test_a_changed_account(self, wallet: Account, change: dict[str, object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=wallet.pk).update(**change)

    def test_a_posting_that_explains_a_balance_twice(self, wallet: Account) -> None:
        last = Posting.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=wallet.pk).update(
                balance_cents=F("balance_cents") + last.amount_cents, moved_by=last.pk
            )

    def test_an_account_that_goes_away(self, charlie: User) -> None:
        empty = accounts.wallet_of(charlie)
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.filter(pk=empty.pk).delete()

    def test_an_account_that_begins_with_money(self, charlie: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.create(
                kind=AccountKind.WALLET, code="w", currency="USD", user=charlie, balance_cents=5
            )

    def test_a_wallet_of_nobody(self, db: None) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Account.objects.create(
                kind=AccountKind.WALLET, code="w", currency="USD", balance_cents=0
            )

    @pytest.mark.parametrize("change", [{"amount_cents": 1}, {"event": "other"}])
    def test_a_changed_posting(self, change: dict[str, object]) -> None:
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
            Posting.objects.update(**change)

    def test_a_deleted_posting(self) -> None:
        with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
            Posting.objects.all().delete()
