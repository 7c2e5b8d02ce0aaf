"""How much money went which way, to be compared with a ledger."""

from payments.sandbox.world import World

_SUMS = {
    "charges": "SELECT sum(json_extract(body, '$.amount')) FROM object WHERE kind = 'charge'"
    " AND json_extract(body, '$.status') = 'succeeded'",
    "refunds": "SELECT sum(json_extract(body, '$.amount')) FROM object WHERE kind = 'refund'"
    " AND json_extract(body, '$.status') NOT IN ('failed', 'canceled')",
    "disputes": "SELECT sum(json_extract(body, '$.amount')) FROM object WHERE kind = 'dispute'"
    " AND json_extract(body, '$.status') IN ('needs_response', 'under_review', 'lost')",
    "transfers": "SELECT sum(json_extract(body, '$.amount') - json_extract(body,"
    " '$.amount_reversed')) FROM object WHERE kind = 'transfer'",
}


def totals(world: World) -> dict[str, int]:
    """Return what cards paid, what went back, what is contested or lost, what sellers have."""
    sums = {name: int(world.store.rows(query)[0][0] or 0) for name, query in _SUMS.items()}
    added = int(world.store.setting("added", "0"))
    out = sums["refunds"] + sums["disputes"] + sums["transfers"]
    return sums | {"added": added, "balance": sums["charges"] + added - out}


def balance(world: World) -> int:
    """Return what the site has at the provider."""
    return totals(world)["balance"]
