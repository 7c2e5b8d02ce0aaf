"""What the books of disputes must hold, as rules of `ledger_check`: one statement each."""

# What a chargeback moves, by part; `party` is the wallet, or what the seller is owed.
_MOVED = """
    SELECT c.id AS chargeback_id,
        SUM(CASE WHEN p.part IN ('wallet', 'seller') THEN p.cents ELSE 0 END) AS party,
        SUM(CASE WHEN p.part = 'receivable' THEN p.cents ELSE 0 END) AS receivable,
        SUM(CASE WHEN p.part = 'fee' THEN p.cents ELSE 0 END) AS fee,
        SUM(CASE WHEN p.part = 'excess' THEN p.cents ELSE 0 END) AS excess,
        SUM(CASE WHEN p.part IN ('withdrawn', 'reinstated') THEN p.cents ELSE 0 END) AS whole,
        SUM(p.cents) AS cents
    FROM payments_chargeback AS c JOIN (
        SELECT event, SUBSTR(key, LENGTH(event) + 2) AS part, amount_cents AS cents
        FROM payments_posting
    ) AS p ON p.event = '{event}:' || c.public_id
    GROUP BY c.id
"""
_DIFFERS = """
    m.chargeback_id IS NULL OR m.whole <> c.amount_cents OR m.cents <> 2 * c.amount_cents
    OR m.fee <> c.fee_cents OR m.receivable <> c.receivable_cents OR m.excess <> c.excess_cents
    OR m.party <> c.amount_cents - c.fee_cents - c.receivable_cents - c.excess_cents
"""
# Both ways of a chargeback as one: out of somebody's account and through ours to the provider.
_WAYS = """
    SELECT key, SUBSTR(key, LENGTH(event) + 2) AS part, SUBSTR(event, 12) AS public_id,
        debit_id AS giver_id, credit_id AS taker_id
    FROM payments_posting WHERE event LIKE 'chargeback:%'
    UNION ALL
    SELECT key, SUBSTR(key, LENGTH(event) + 2), SUBSTR(event, 15), credit_id, debit_id
    FROM payments_posting WHERE event LIKE 'reinstatement:%'
"""
_IS_OTHERS = """
    COALESCE({account}.user_id, 0) <> COALESCE({owner}.user_id, 0)
    OR COALESCE({account}.organization_id, 0) <> COALESCE({owner}.organization_id, 0)
"""

RULES: dict[str, str] = {
    "a chargeback has moved what it says": f"""
        SELECT c.public_id FROM payments_chargeback AS c
        LEFT JOIN ({_MOVED.format(event="chargeback")}) AS m ON m.chargeback_id = c.id
        WHERE {_DIFFERS}
    """,  # noqa: S608 (made of constants, as below)
    "a win has moved all of it back, and nothing else has": f"""
        SELECT c.public_id FROM payments_chargeback AS c
        LEFT JOIN ({_MOVED.format(event="reinstatement")}) AS m ON m.chargeback_id = c.id
        WHERE (c.state <> 'won' AND m.chargeback_id IS NOT NULL)
            OR (c.state = 'won' AND ({_DIFFERS}))
    """,  # noqa: S608
    "a chargeback moves money of its own parties": f"""
        SELECT w.key FROM ({_WAYS}) AS w
        LEFT JOIN payments_chargeback AS c ON c.public_id = w.public_id
        LEFT JOIN payments_account AS g ON g.id = w.giver_id
        LEFT JOIN payments_account AS k ON k.id = w.taker_id
        LEFT JOIN payments_topup AS t ON t.id = c.top_up_id
        LEFT JOIN payments_payer AS y ON y.id = t.payer_id
        LEFT JOIN payments_order AS o ON o.id = c.order_id
        WHERE c.id IS NULL
            OR k.kind <> CASE WHEN w.part IN ('withdrawn', 'reinstated')
                THEN 'provider' ELSE 'disputed' END
            OR g.kind <> CASE w.part WHEN 'wallet' THEN 'wallet' WHEN 'seller' THEN 'payable'
                WHEN 'receivable' THEN 'receivable' WHEN 'fee' THEN 'fees'
                WHEN 'excess' THEN 'fees' ELSE 'disputed' END
            OR (g.kind IN ('payable', 'receivable') AND o.id IS NOT NULL
                AND COALESCE(g.vendor_id, 0) <> o.vendor_id)
            OR (g.kind IN ('wallet', 'receivable') AND y.id IS NOT NULL
                AND ({_IS_OTHERS.format(account="g", owner="y")}))
    """,  # noqa: S608
    "disputes hand on to the provider what they take, and keep nothing": """
        SELECT a.code FROM payments_account AS a
        JOIN payments_posting AS p ON p.debit_id = a.id OR p.credit_id = a.id
        WHERE a.kind = 'disputed' GROUP BY a.id, a.code
        HAVING SUM(CASE WHEN p.credit_id = a.id THEN p.amount_cents
            ELSE -p.amount_cents END) <> 0
    """,
    "an order has lost to disputes what its chargebacks say": """
        SELECT o.public_id FROM payments_order AS o
        LEFT JOIN payments_chargeback AS c ON c.order_id = o.id AND c.state <> 'won'
        GROUP BY o.id, o.public_id, o.disputed_cents, o.disputed_fee_cents
        HAVING COALESCE(SUM(c.amount_cents - c.excess_cents), 0) <> o.disputed_cents
            OR COALESCE(SUM(c.fee_cents), 0) <> o.disputed_fee_cents
    """,
    "refunds are overtaken for no more than lost disputes took beyond what was left": """
        SELECT o.public_id FROM payments_order AS o
        JOIN (SELECT order_id, SUM(amount_cents) AS cents FROM payments_cardrefund
            WHERE state = 'overtaken' GROUP BY order_id) AS b ON b.order_id = o.id
        LEFT JOIN (SELECT order_id, SUM(excess_cents) AS cents FROM payments_chargeback
            WHERE state = 'lost' GROUP BY order_id) AS c ON c.order_id = o.id
        WHERE b.cents > COALESCE(c.cents, 0)
    """,
    "what a disputed order gave is away for as long as its money is": """
        SELECT c.public_id FROM payments_chargeback AS c
        JOIN payments_entitlement AS e ON e.id = c.entitlement_id
        WHERE c.state <> 'won' AND (e.revoked_at IS NULL OR e.order_id <> c.order_id)
    """,
    "a wallet is frozen if and only if a reason stands": """
        SELECT a.code FROM payments_account AS a
        LEFT JOIN payments_walletfreeze AS f ON f.wallet_id = a.id AND f.lifted_at IS NULL
        GROUP BY a.id, a.code, a.frozen_at
        HAVING (a.frozen_at IS NULL) <> (COUNT(f.id) = 0)
    """,
    "an open dispute of a top-up keeps its wallet frozen": f"""
        SELECT c.public_id FROM payments_chargeback AS c
        JOIN payments_topup AS t ON t.id = c.top_up_id
        JOIN payments_payer AS y ON y.id = t.payer_id
        LEFT JOIN payments_walletfreeze AS f ON f.chargeback_id = c.id AND f.lifted_at IS NULL
        LEFT JOIN payments_account AS a ON a.id = f.wallet_id
        WHERE c.state = 'open' AND (a.id IS NULL OR {_IS_OTHERS.format(account="a", owner="y")})
    """,  # noqa: S608
    "nobody owes less than nothing": """
        SELECT a.code FROM payments_account AS a
        JOIN payments_posting AS p ON p.debit_id = a.id OR p.credit_id = a.id
        WHERE a.kind = 'receivable' GROUP BY a.id, a.code
        HAVING SUM(CASE WHEN p.credit_id = a.id THEN p.amount_cents
            ELSE -p.amount_cents END) > 0
    """,
    "a debt is paid from the wallet of whoever owes it": f"""
        SELECT p.key FROM payments_posting AS p
        JOIN payments_account AS d ON d.id = p.debit_id
        JOIN payments_account AS k ON k.id = p.credit_id
        WHERE p.event LIKE 'debt:%' AND (d.kind <> 'wallet' OR k.kind <> 'receivable'
            OR {_IS_OTHERS.format(account="d", owner="k")})
    """,  # noqa: S608
}
