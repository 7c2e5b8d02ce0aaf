"""Whatever is wrong with the books is found, and what is right is not."""

import logging
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin
from payments import accounts, checkout, ledger, ledger_check, payouts, refunds
from payments.ledger import Entry
from payments.models import AccountKind, Order, TopUpState
from payments.sale_terms import Wanted
from tests import databases
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import SellerAccountFactory, TopUpFactory
from tests.money import fill

pytestmark = pytest.mark.django_db(transaction=True)

ANY_POSTING = "SELECT MIN(id) FROM payments_posting WHERE event LIKE 'order:%'"
BOBS_WALLET = "SELECT MIN(id) FROM payments_account WHERE kind = 'wallet'"
FEES = "SELECT id FROM payments_account WHERE kind = 'fees'"


@pytest.fixture
def order(bob: User) -> Order:
    """Two people have bought something each; this is bob's order."""
    for user in (bob, UserFactory.create()):
        fill(user, 2_000)
        listing = ListingFactory.create(price_cents=499)
        wanted = Wanted(listing=listing.name)
        by = Bearer(user, BUYER).actor
        checkout.purchase(wanted, by=by, now=timezone.now(), may_pay=True)
    return Order.objects.get(user=bob)


@pytest.fixture
def more(order: Order, charlie: User) -> Order:
    """A refund, a top-up and a payout have moved money as well."""
    now = timezone.now()
    staff = Actor.staff(UserFactory.create(is_staff=True), origin=Origin())
    refunds.refund(order, amount_cents=100, reason="It broke.", by=staff, now=now)
    provider, payable = accounts.ours(AccountKind.PROVIDER), accounts.payable_of(order.vendor)
    top_up = TopUpFactory.create(payer__user=charlie)
    with transaction.atomic():
        done = {"state": TopUpState.SUCCEEDED, "ended_at": now, "intent_id": "pi_1"}
        assert top_up.move(TopUpState.PENDING, **done)
        credit = Entry("credit", provider, accounts.wallet_of(charlie), top_up.amount_cents)
        ledger.post(top_up.event, [credit], now=now)
        ledger.post("test:1", [Entry("part", provider, payable, 9_000)], now=now)
    assert payouts.plan(SellerAccountFactory.create(vendor=order.vendor), now=now)
    return order


def broken() -> set[str]:
    """Return the rules that do not hold."""
    return {fault.rule for fault in ledger_check.faults()}


def test_right_books_break_no_rule(order: Order) -> None:
    assert broken() == set()
    told = StringIO()
    call_command("check_ledger", stdout=told)
    assert told.getvalue().count("holds") == len(ledger_check.RULES)


def test_empty_books_are_right() -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            f"UPDATE payments_account SET balance_cents = 5000 WHERE id = ({BOBS_WALLET})",
            "a balance is the sum of the account's postings",
        ),
        (
            f"UPDATE payments_account SET moved_by = 1 WHERE id = ({BOBS_WALLET})",
            "a balance is the sum of the account's postings",
        ),
        (
            f"DELETE FROM payments_posting WHERE id = ({ANY_POSTING})",
            "a balance is the sum of the account's postings",
        ),
        (
            "UPDATE payments_posting SET amount_cents = amount_cents + 1"
            f" WHERE id = ({ANY_POSTING})",
            "a posting tells the balance that follows from all before it",
        ),
        (
            f"UPDATE payments_posting SET debit_balance_cents = NULL WHERE id = ({ANY_POSTING})",
            "a posting tells the balance that follows from all before it",
        ),
        (
            "UPDATE payments_account SET currency = 'EUR' WHERE kind = 'fees'",
            "a posting moves more than nothing, between two accounts of one currency",
        ),
        (
            f"UPDATE payments_posting SET event = 'else' WHERE id = ({ANY_POSTING})",
            "a posting's key is of its event",
        ),
        (
            "DELETE FROM payments_entitlement",
            "a paid order has given its buyer its listing, once, and no other order has given"
            " anything",
        ),
        (
            "UPDATE payments_entitlement SET user_id = (SELECT MAX(id) FROM accounts_user)",
            "a paid order has given its buyer its listing, once, and no other order has given"
            " anything",
        ),
        (
            "UPDATE payments_order SET price_cents = 500, fee_cents = 50",
            "a paid order has moved its price, and no other order has moved anything",
        ),
        (
            "UPDATE payments_order SET fee_cents = 0",
            "a paid order has moved its price, and no other order has moved anything",
        ),
        (
            "DELETE FROM payments_posting WHERE key LIKE 'order:%:fee'",
            "a paid order has moved its price, and no other order has moved anything",
        ),
        (
            f"UPDATE payments_posting SET credit_id = ({FEES}) WHERE key LIKE 'order:%:seller'",
            "an order moves money from its buyer to its seller and to us, in its currency",
        ),
        (
            "UPDATE payments_order SET user_id = (SELECT MIN(user_id) FROM payments_order)",
            "an order moves money from its buyer to its seller and to us, in its currency",
        ),
        (
            "UPDATE payments_order SET currency = 'EUR'",
            "an order moves money from its buyer to its seller and to us, in its currency",
        ),
        (
            "UPDATE payments_order SET public_id = 'ord_x' WHERE id ="
            " (SELECT MIN(id) FROM payments_order)",
            "what an order has moved belongs to an order",
        ),
    ],
)
def test_what_is_wrong_is_found(order: Order, statement: str, rule: str) -> None:
    with databases.without_triggers(connection) as run:
        run(statement)
    assert rule in broken()


def test_refunds_top_ups_and_payouts_break_no_rule(more: Order) -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            "UPDATE payments_refund SET amount_cents = amount_cents - 1",
            "an order has given back what its refunds say",
        ),
        (
            "UPDATE payments_order SET refunded_cents = 0, refunded_fee_cents = 0",
            "an order has given back what its refunds say",
        ),
        (
            "DELETE FROM payments_posting WHERE key LIKE 'refund:%:fee'",
            "a refund has moved its amount, its fee from us, to where it was paid from",
        ),
        (
            "UPDATE payments_posting SET amount_cents = 999 WHERE event LIKE 'top_up:top%'",
            "a top-up has filled its payer's wallet, once, if and only if it succeeded",
        ),
        (
            "DELETE FROM payments_posting WHERE event LIKE 'top_up:top%'",
            "a top-up has filled its payer's wallet, once, if and only if it succeeded",
        ),
        (
            f"UPDATE payments_posting SET credit_id = ({BOBS_WALLET})"
            " WHERE event LIKE 'top_up:top%'",
            "a top-up has filled its payer's wallet, once, if and only if it succeeded",
        ),
        (
            "DELETE FROM payments_posting WHERE event LIKE 'payout:%'",
            "a payout has set its amount aside, and sent it or given it back once it ended",
        ),
        (
            "UPDATE payments_payout SET amount_cents = amount_cents + 1",
            "a payout has set its amount aside, and sent it or given it back once it ended",
        ),
    ],
)
def test_what_they_say_wrongly_is_found(more: Order, statement: str, rule: str) -> None:
    with databases.without_triggers(connection) as run:
        run(statement)
    assert rule in broken()


def test_the_command_names_what_is_wrong_and_fails(order: Order) -> None:
    with databases.without_triggers(connection) as run:
        run("UPDATE payments_order SET fee_cents = 0")
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", stdout=StringIO(), stderr=errors)
    assert ended.value.code == 1
    assert order.public_id in errors.getvalue()


def test_the_beat_job_says_so_in_the_log(order: Order, caplog: pytest.LogCaptureFixture) -> None:
    with databases.without_triggers(connection) as run:
        run(f"UPDATE payments_order SET fee_cents = 0 WHERE id = {order.pk}")
    with caplog.at_level(logging.ERROR, "mog.payments"):
        assert ledger_check.check_task() == 1
    assert order.public_id in caplog.text
