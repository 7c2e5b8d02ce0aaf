"""`mog wallet`: what is in it, and what has moved."""

import click

from mog_cli import identity, options, organization_standing, surroundings, wallet_facts
from mog_cli.client import Client
from mog_cli.output import Console, Result


@click.command(
    "wallet", cls=options.Command, params=options.acting(), short_help="Say what is in the wallet."
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(0, 100),
    default=10,
    show_default=True,
    help="So many of the last movements.",
)
@click.pass_obj
def command(console: Console, *, limit: int) -> Result:
    """Say what is in the wallet that your token pays from, and what has moved last."""
    here = surroundings.of_process(console)
    token = identity.current(here).token
    with here.connect(token=token) as connection:
        client = Client(connection)
        wallet = client.wallet()
        statement = client.statement(limit=limit) if limit else ()
        organization = organization_standing.organization_of(client, here.acting(token))
    return Result(
        wallet_facts.data_of(wallet, statement, organization=organization),
        wallet_facts.text_of(wallet, statement, organization=organization),
    )
