"""`mog wallet`: what is in it, and what has moved."""

import click

from mog_cli import identity, options, output, surroundings
from mog_cli.client import Client
from mog_cli.money_answers import Line, Wallet, amount_of
from mog_cli.output import Console, Result


@click.command("wallet", params=options.shared(), short_help="Say what is in the wallet.")
@click.option(
    "--limit", type=click.IntRange(0, 100), default=10, help="So many of the last movements."
)
@click.pass_obj
def command(console: Console, *, limit: int) -> Result:
    """Say what is in the wallet that your token pays from, and what has moved last."""
    here = surroundings.of_process(console)
    with here.connect(token=identity.current(here).token) as connection:
        client = Client(connection)
        wallet = client.wallet()
        lines = client.statement(limit=limit) if limit else ()
    data = {
        "balanceCents": wallet.balance_cents,
        "availableCents": wallet.available_cents,
        "currency": wallet.currency,
        "isFrozen": wallet.is_frozen,
        "statement": [_data_of(line) for line in lines],
    }
    text = "\n".join([*_lines(wallet), *(_text_of(line, wallet.currency) for line in lines)])
    return Result(data, text)


def _lines(wallet: Wallet) -> list[str]:
    said = [f"Balance: {amount_of(wallet.balance_cents, wallet.currency)}"]
    if wallet.is_frozen:
        said.append("Frozen: nothing can be spent. The page of the wallet on the site says why.")
    return said


def _text_of(line: Line, currency: str) -> str:
    on = f"{line.at:%Y-%m-%d}" if line.at else "          "
    amount = amount_of(line.amount_cents, currency)
    balance = amount_of(line.balance_cents, currency)
    what = f"{line.what} {line.listing}".rstrip()
    return output.one_line(f"{on}  {amount:>14}  {balance:>14}  {what}")


def _data_of(line: Line) -> dict[str, object]:
    return {
        "at": line.at.isoformat() if line.at else None,
        "what": line.what,
        "listing": line.listing,
        "amountCents": line.amount_cents,
        "balanceCents": line.balance_cents,
    }
