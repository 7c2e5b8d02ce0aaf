"""Prove that the books are right, from the postings alone: what the database refuses to let in is
looked for all the same, because a restored backup or a superuser knows no trigger.

Each rule is one statement, and so sees one moment of the database, whatever happens meanwhile. It
returns who breaks it.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from celery import shared_task
from django.db import connection

from payments import dispute_rules

log = logging.getLogger("mog.payments")

# Enough to see what happened; a broken sum breaks every balance after it.
_REPORTED = 50

# Both sides of each posting, as changes of one account each, with the balance that it told.
_SIDES = """
    SELECT id, key, debit_id AS account_id, -amount_cents AS change, debit_balance_cents AS told
        FROM payments_posting
    UNION ALL
    SELECT id, key, credit_id, amount_cents, credit_balance_cents FROM payments_posting
"""
_ORDERS_WITH_POSTINGS = """
    FROM payments_order AS o
    LEFT JOIN (
        SELECT event, SUM(amount_cents) AS cents,
            SUM(CASE WHEN key = event || ':fee' THEN amount_cents ELSE 0 END) AS fee_cents,
            SUM(CASE WHEN key IN (event || ':fee', event || ':seller') THEN 0 ELSE 1 END) AS others
        FROM payments_posting GROUP BY event
    ) AS p ON p.event = 'order:' || o.public_id
"""

RULES: dict[str, str] = {
    "a balance is the sum of the account's postings": f"""
        SELECT a.code FROM payments_account AS a
        LEFT JOIN (
            SELECT account_id, SUM(change) AS cents, MAX(id) AS last FROM ({_SIDES}) AS sides
            GROUP BY account_id
        ) AS s ON s.account_id = a.id
        WHERE a.balance_cents IS NOT NULL AND (
            a.balance_cents <> COALESCE(s.cents, 0) OR a.moved_by <> COALESCE(s.last, 0))
    """,  # noqa: S608 (made of constants, as below)
    "a posting tells the balance that follows from all before it": f"""
        SELECT running.key FROM (
            SELECT key, account_id, told,
                SUM(change) OVER (PARTITION BY account_id ORDER BY id) AS cents
            FROM ({_SIDES}) AS sides
        ) AS running JOIN payments_account AS a ON a.id = running.account_id
        WHERE (a.balance_cents IS NULL) <> (running.told IS NULL)
            OR (running.told IS NOT NULL AND running.told <> running.cents)
    """,  # noqa: S608
    "no balance is below its floor": """
        SELECT code FROM payments_account WHERE balance_cents < floor_cents
    """,
    "a posting moves more than nothing, between two accounts of one currency": """
        SELECT p.key FROM payments_posting AS p
        LEFT JOIN payments_account AS d ON d.id = p.debit_id
        LEFT JOIN payments_account AS c ON c.id = p.credit_id
        WHERE p.amount_cents <= 0 OR p.debit_id = p.credit_id
            OR d.id IS NULL OR c.id IS NULL OR d.currency <> c.currency
    """,
    "a posting's key is of its event": """
        SELECT key FROM payments_posting WHERE SUBSTR(key, 1, LENGTH(event) + 1) <> event || ':'
    """,
    "a paid order has given its buyer its listing, once, and no other order has given anything": """
        SELECT o.public_id FROM payments_order AS o
        LEFT JOIN payments_entitlement AS e ON e.order_id = o.id
        GROUP BY o.id, o.public_id, o.paid_at
        HAVING COUNT(e.id) <> CASE WHEN o.paid_at IS NULL THEN 0 ELSE 1 END
            OR SUM(CASE WHEN e.id IS NOT NULL AND (e.listing_id <> o.listing_id
                OR COALESCE(e.user_id, 0) <> COALESCE(o.user_id, 0)
                OR COALESCE(e.organization_id, 0) <> COALESCE(o.organization_id, 0)
                ) THEN 1 ELSE 0 END) > 0
    """,
    "a paid order has moved its price, and no other order has moved anything": f"""
        SELECT o.public_id {_ORDERS_WITH_POSTINGS}
        WHERE (o.paid_at IS NULL AND p.event IS NOT NULL)
            OR (o.paid_at IS NOT NULL AND (p.event IS NULL OR p.cents <> o.price_cents
                OR p.fee_cents <> o.fee_cents OR p.others > 0))
    """,
    "an order moves money from its buyer to its seller and to us, in its currency": """
        SELECT p.key FROM payments_posting AS p
        JOIN payments_order AS o ON p.event = 'order:' || o.public_id
        JOIN payments_account AS d ON d.id = p.debit_id
        JOIN payments_account AS c ON c.id = p.credit_id
        WHERE d.currency <> o.currency
            OR (o.method = 'wallet' AND (d.kind <> 'wallet'
                OR COALESCE(d.user_id, 0) <> COALESCE(o.user_id, 0)
                OR COALESCE(d.organization_id, 0) <> COALESCE(o.organization_id, 0)))
            OR (o.method = 'card' AND d.kind <> 'provider')
            OR (p.key = p.event || ':fee' AND c.kind <> 'fees')
            OR (p.key = p.event || ':seller'
                AND (c.kind <> 'payable' OR c.vendor_id <> o.vendor_id))
    """,
    "an order has given back what its refunds say": """
        SELECT o.public_id FROM payments_order AS o
        LEFT JOIN payments_refund AS r ON r.order_id = o.id
        GROUP BY o.id, o.public_id, o.refunded_cents, o.refunded_fee_cents
        HAVING COALESCE(SUM(r.amount_cents), 0) <> o.refunded_cents
            OR COALESCE(SUM(r.fee_cents), 0) <> o.refunded_fee_cents
    """,
    "a refund has moved its amount, its fee from us, to where it was paid from": """
        SELECT r.public_id FROM payments_refund AS r
        JOIN payments_order AS o ON o.id = r.order_id
        LEFT JOIN payments_posting AS p ON p.event = 'refund:' || r.public_id
        LEFT JOIN payments_account AS c ON c.id = p.credit_id
        GROUP BY r.id, r.public_id, r.amount_cents, r.fee_cents
        HAVING COALESCE(SUM(p.amount_cents), 0) <> r.amount_cents
            OR SUM(CASE WHEN p.key = p.event || ':fee' THEN p.amount_cents ELSE 0 END)
                <> r.fee_cents
            OR SUM(CASE WHEN c.id IS NOT NULL AND o.method = 'wallet' AND (c.kind <> 'wallet'
                OR COALESCE(c.user_id, 0) <> COALESCE(o.user_id, 0)
                OR COALESCE(c.organization_id, 0) <> COALESCE(o.organization_id, 0)
                ) THEN 1 ELSE 0 END) > 0
            OR SUM(CASE WHEN c.id IS NOT NULL AND o.method = 'card' AND c.kind <> 'in_transit'
                THEN 1 ELSE 0 END) > 0
    """,
    "every refund of what a card has paid is on its way to a card": """
        SELECT r.public_id FROM payments_refund AS r
        JOIN payments_order AS o ON o.id = r.order_id
        LEFT JOIN payments_cardrefund AS b ON b.refund_id = r.id
        WHERE (o.method = 'card' AND (b.id IS NULL OR b.amount_cents <> r.amount_cents
                OR b.intent_id <> o.intent_id))
            OR (o.method <> 'card' AND b.id IS NOT NULL)
    """,
    "a refund to a card has moved its amount on, once, to where it ended": """
        SELECT b.public_id FROM payments_cardrefund AS b
        LEFT JOIN payments_posting AS p
            ON p.event = 'card_refund:' || b.public_id AND p.amount_cents = b.amount_cents
        GROUP BY b.id, b.public_id, b.state, b.refund_id
        HAVING COUNT(p.id) <> CASE WHEN b.refund_id IS NULL THEN 1 ELSE 0 END
                + CASE WHEN b.state IN ('succeeded', 'credited', 'overtaken') THEN 1 ELSE 0 END
                + 2 * SUM(CASE WHEN p.key = p.event || ':returned' THEN 1 ELSE 0 END)
            OR SUM(CASE WHEN p.key = p.event || ':in' THEN 1 ELSE 0 END)
                <> CASE WHEN b.refund_id IS NULL THEN 1 ELSE 0 END
            OR SUM(CASE WHEN p.key = p.event || ':out' THEN 1 ELSE 0 END)
                <> CASE WHEN b.state = 'succeeded' THEN 1 ELSE 0 END
                + SUM(CASE WHEN p.key = p.event || ':returned' THEN 1 ELSE 0 END)
            OR SUM(CASE WHEN p.key = p.event || ':returned' THEN 1 ELSE 0 END)
                > CASE WHEN b.state = 'credited' THEN 1 ELSE 0 END
            OR SUM(CASE WHEN p.key = p.event || ':wallet' THEN 1 ELSE 0 END)
                <> CASE WHEN b.state = 'credited' THEN 1 ELSE 0 END
            OR SUM(CASE WHEN p.key = p.event || ':kept' THEN 1 ELSE 0 END)
                <> CASE WHEN b.state = 'overtaken' THEN 1 ELSE 0 END
    """,
    "a top-up has filled its payer's wallet, once, if and only if it succeeded": """
        SELECT t.public_id FROM payments_topup AS t
        JOIN payments_payer AS y ON y.id = t.payer_id
        LEFT JOIN payments_posting AS p ON p.event = 'top_up:' || t.public_id
        LEFT JOIN payments_account AS d ON d.id = p.debit_id
        LEFT JOIN payments_account AS c ON c.id = p.credit_id
        GROUP BY t.id, t.public_id, t.state
        HAVING COUNT(p.id) <> CASE WHEN t.state = 'succeeded' THEN 1 ELSE 0 END
            OR SUM(CASE WHEN p.id IS NOT NULL AND (p.amount_cents <> t.amount_cents
                OR d.kind <> 'provider' OR c.kind <> 'wallet'
                OR COALESCE(c.user_id, 0) <> COALESCE(y.user_id, 0)
                OR COALESCE(c.organization_id, 0) <> COALESCE(y.organization_id, 0)
                ) THEN 1 ELSE 0 END) > 0
    """,
    "a payout has set its amount aside, and sent it or given it back once it ended": """
        SELECT o.public_id FROM payments_payout AS o
        LEFT JOIN payments_posting AS p
            ON p.event = 'payout:' || o.public_id AND p.amount_cents = o.amount_cents
        GROUP BY o.id, o.public_id, o.state
        HAVING COUNT(p.id) <> CASE WHEN o.state IN ('paid', 'canceled') THEN 2 ELSE 1 END
            OR SUM(CASE WHEN p.key = p.event || ':reserved' THEN 1 ELSE 0 END) <> 1
            OR SUM(CASE WHEN p.key = p.event || ':paid' THEN 1 ELSE 0 END)
                <> CASE WHEN o.state = 'paid' THEN 1 ELSE 0 END
            OR SUM(CASE WHEN p.key = p.event || ':returned' THEN 1 ELSE 0 END)
                <> CASE WHEN o.state = 'canceled' THEN 1 ELSE 0 END
    """,
    "what an order has moved belongs to an order": """
        SELECT p.key FROM payments_posting AS p
        LEFT JOIN payments_order AS o ON p.event = 'order:' || o.public_id
        WHERE p.event LIKE 'order:ord|_%' ESCAPE '|' AND o.id IS NULL
    """,
    **dispute_rules.RULES,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Who breaks which rule: a posting's key, an account's code, or an order's id."""

    rule: str
    who: str


def faults() -> Iterator[Fault]:
    """Name whatever breaks a rule, for each rule the first ones found."""
    for rule, statement in RULES.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            for (who,) in cursor.fetchmany(_REPORTED):
                yield Fault(rule, who)


@shared_task(name="payments.check_ledger")
def check_task() -> int:
    """Check once a day; every fault is an error in the log, for whoever is on duty."""
    found = list(faults())
    for fault in found:
        log.error("the ledger is wrong at %s: %s", fault.who, fault.rule)
    return len(found)
