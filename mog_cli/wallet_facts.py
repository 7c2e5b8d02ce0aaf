"""What is said of a wallet: what is in it, what freezes it, what has moved."""

from collections.abc import Sequence

from mog_cli import tables
from mog_cli.money_answers import Freeze, Line, Wallet, amount_of
from mog_cli.output import one_line

_HEAD = ("Date", "Amount", "Balance", "What")
_AMOUNTS = ("Amount", "Balance")
# What freezes a wallet (docs/payments.md), and what its owner can do.
_WHY = {
    "disputed": "a bank looks into a payment; wait, or write to the marketplace",
    "dispute_lost": "the bank has decided against a payment",
    "staff": "the marketplace's staff has frozen it; write to them",
}


def text_of(wallet: Wallet, statement: Sequence[Line], *, organization: str) -> str:
    """Return a wallet for people; `organization` is whose it is, nothing for one's own."""
    whose = [f"Wallet of {organization}"] if organization else []
    said = [*whose, f"Balance: {amount_of(wallet.balance_cents, wallet.currency)}"]
    if wallet.is_frozen:
        said += ["Frozen: nothing can be spent.", *_reasons(wallet)]
    if wallet.owed_cents:
        owed = amount_of(wallet.owed_cents, wallet.currency)
        said.append(f"Owed: {owed}; the next top-up pays it first.")
    rows = [_row(line, wallet.currency) for line in statement]
    table = tables.lines(_HEAD, rows, right=_AMOUNTS)
    return "\n".join([*said, *([table] if table else [])])


def data_of(wallet: Wallet, statement: Sequence[Line], *, organization: str) -> dict[str, object]:
    """Return it for `--json`."""
    return {
        "organization": organization or None,
        "balanceCents": wallet.balance_cents,
        "availableCents": wallet.available_cents,
        "currency": wallet.currency,
        "isFrozen": wallet.is_frozen,
        "frozenBecause": [
            {
                "reason": freeze.reason,
                "since": freeze.since.isoformat() if freeze.since else None,
                "topUpId": freeze.top_up_id,
                "disputedCents": freeze.disputed_cents,
            }
            for freeze in wallet.frozen_because
        ],
        "owedCents": wallet.owed_cents,
        "statement": [
            {
                "at": line.at.isoformat() if line.at else None,
                "what": line.what,
                "listing": line.listing,
                "amountCents": line.amount_cents,
                "balanceCents": line.balance_cents,
            }
            for line in statement
        ],
    }


def _reasons(wallet: Wallet) -> list[str]:
    return [_reason(freeze, wallet.currency) for freeze in wallet.frozen_because]


def _reason(freeze: Freeze, currency: str) -> str:
    since = f"since {freeze.since:%Y-%m-%d}: " if freeze.since else ""
    why = _WHY.get(freeze.reason, freeze.reason.replace("_", " "))
    disputed = amount_of(freeze.disputed_cents, currency)
    of = f" (top-up {freeze.top_up_id}, {disputed})" if freeze.top_up_id else ""
    return one_line(f"  {since}{why}{of}")


def _row(line: Line, currency: str) -> tuple[str, ...]:
    return (
        f"{line.at:%Y-%m-%d}" if line.at else "",
        amount_of(line.amount_cents, currency),
        amount_of(line.balance_cents, currency),
        f"{line.what} {line.listing}".rstrip(),
    )
