"""Whatever is wrong with the books of disputes is found, and what is right is not."""

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from payments import ledger_check
from tests import databases
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.disputing import (
    bought_by_card,
    dispute,
    ended,
    faults,
    filled,
    hear,
    opened,
    spend,
)

pytestmark = pytest.mark.django_db(transaction=True)

_SAYS = "a chargeback has moved what it says"
_BACK = "a win has moved all of it back, and nothing else has"
_PARTIES = "a chargeback moves money of its own parties"
_NOTHING = "disputes hand on to the provider what they take, and keep nothing"
_ORDERS = "an order has lost to disputes what its chargebacks say"
_AWAY = "what a disputed order gave is away for as long as its money is"
_FROZEN = "a wallet is frozen if and only if a reason stands"
_OPEN = "an open dispute of a top-up keeps its wallet frozen"
_OWES = "nobody owes less than nothing"
_DEBT = "a debt is paid from the wallet of whoever owes it"
_OVERTAKEN = "refunds are overtaken for no more than lost disputes took beyond what was left"

_OTHERS = "(SELECT MAX(id) FROM payments_account WHERE kind = 'wallet')"
_FEES = "(SELECT id FROM payments_account WHERE kind = 'fees')"


@pytest.fixture
def disputes(bob: User, charlie: User, sandbox: PaymentSandbox) -> None:
    """Bob has lost a dispute and paid his debt, won another, and a third is open; charlie's order
    is disputed.
    """
    client: Client = Bearer(bob, BUYER).client
    lost = filled(client, sandbox)
    spend(bob, 700)
    ended(sandbox, opened(sandbox, lost), "lose")
    ended(sandbox, opened(sandbox, filled(client, sandbox)), "win")
    opened(sandbox, filled(client, sandbox))
    other = Bearer(charlie, BUYER).client
    filled(other, sandbox)
    order = bought_by_card(other, sandbox, ListingFactory.create(price_cents=500))
    hear(dispute(sandbox, order.intent_id))


def test_right_books_break_no_rule(disputes: None) -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE payments_chargeback SET receivable_cents = 1 WHERE order_id IS NULL", _SAYS),
        ("UPDATE payments_chargeback SET fee_cents = 1 WHERE order_id IS NOT NULL", _SAYS),
        ("DELETE FROM payments_posting WHERE key LIKE 'chargeback:%:withdrawn'", _SAYS),
        ("DELETE FROM payments_posting WHERE event LIKE 'chargeback:%'", _SAYS),
        ("DELETE FROM payments_posting WHERE event LIKE 'reinstatement:%'", _BACK),
        ("UPDATE payments_chargeback SET state = 'lost' WHERE state = 'won'", _BACK),
        (
            f"UPDATE payments_posting SET debit_id = {_OTHERS}"
            " WHERE key LIKE 'chargeback:%:wallet'",
            _PARTIES,
        ),
        (
            f"UPDATE payments_posting SET credit_id = {_FEES}"
            " WHERE key LIKE 'chargeback:%:withdrawn'",
            _PARTIES,
        ),
        ("UPDATE payments_chargeback SET public_id = 'chb_x' WHERE state = 'won'", _PARTIES),
        ("DELETE FROM payments_posting WHERE key LIKE 'chargeback:%:seller'", _NOTHING),
        ("UPDATE payments_order SET disputed_cents = 400", _ORDERS),
        ("UPDATE payments_order SET disputed_fee_cents = 1", _ORDERS),
        ("UPDATE payments_entitlement SET revoked_at = NULL", _AWAY),
        ("UPDATE payments_account SET frozen_at = NULL", _FROZEN),
        ("UPDATE payments_account SET frozen_at = created_at WHERE kind = 'wallet'", _FROZEN),
        ("DELETE FROM payments_walletfreeze WHERE lifted_at IS NULL", _OPEN),
        (f"UPDATE payments_walletfreeze SET wallet_id = {_OTHERS}", _OPEN),
        ("DELETE FROM payments_posting WHERE key LIKE 'chargeback:%:receivable'", _OWES),
        (
            f"UPDATE payments_posting SET debit_id = {_OTHERS} WHERE event LIKE 'debt:%'",
            _DEBT,
        ),
        (f"UPDATE payments_posting SET credit_id = {_FEES} WHERE event LIKE 'debt:%'", _DEBT),
        (
            "INSERT INTO payments_cardrefund (public_id, order_id, intent_id, amount_cents,"
            " currency, state, attempt, problem, created_at, check_at, checks, ended_at)"
            " SELECT 'crf_1', id, 'pi_x', 1, 'USD', 'overtaken', 1, '', created_at, created_at,"
            " 0, created_at FROM payments_order",
            _OVERTAKEN,
        ),
    ],
)
def test_what_is_wrong_is_found(disputes: None, statement: str, rule: str) -> None:
    with databases.without_triggers(connection) as run:
        run(statement)
    assert rule in {fault.rule for fault in ledger_check.faults()}
