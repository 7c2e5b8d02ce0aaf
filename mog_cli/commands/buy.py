"""`mog buy`: pay for a package from the wallet, at a price that was agreed to."""

import re
import uuid

import click

from mog_cli import identity, options, package_names, streams, surroundings
from mog_cli.catalogue_answers import Listing, price_of
from mog_cli.client import Client
from mog_cli.errors import Declined, PurchaseNeeded, UsageError
from mog_cli.money_answers import Bought
from mog_cli.output import Console, Result

_AMOUNT = re.compile(r"([0-9]{1,7})(?:\.([0-9]{2}))?")
_EXAMPLES = """\b
Examples:
  mog buy acme/pdf-tools                     shows the price and asks
  mog buy acme/pdf-tools --max-price 5.00    pays that much at most, and asks nobody
"""


@click.command(
    "buy",
    params=options.shared(),
    short_help="Buy a package from the wallet.",
    epilog=_EXAMPLES,
)
@click.argument("package", metavar="PKG")
@click.option("--max-price", metavar="AMOUNT", help="Pay this much at most, such as 4.99.")
@click.option("--yes", "-y", is_flag=True, help="Agree to the price, whatever it is now.")
@click.pass_obj
def command(console: Console, *, package: str, max_price: str | None, yes: bool) -> Result:
    """Buy a package from the wallet, within the spend policy of your token.

    You agree to a price, here or by an option; the server takes no more than that, even when the
    price has changed meanwhile. What you have already costs nothing.
    """
    name = package_names.parse(package)
    limit_cents = _cents_of(max_price) if max_price is not None else None
    here = surroundings.of_process(console)
    with here.connect(token=identity.current(here).token) as connection:
        client = Client(connection)
        listing = client.listing(name).listing
        if limit_cents is None:
            _agree(listing, console, is_given=yes)
            limit_cents = listing.price_cents
        bought = client.buy(name, max_price_cents=limit_cents, key=str(uuid.uuid4()))
    return Result(_data_of(bought), _text_of(bought, listing))


def _cents_of(text: str) -> int:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        raise UsageError(f"--max-price {text!r} is no amount.", advice="Write it like 4.99 or 5.")
    return int(amount[1]) * 100 + int(amount[2] or 0)


def _agree(listing: Listing, console: Console, *, is_given: bool) -> None:
    """Return once somebody agrees to the price; raises PurchaseNeeded and Declined."""
    if is_given or listing.price_cents == 0:
        return
    if console.is_json or not streams.is_interactive():
        raise PurchaseNeeded(
            f"{listing.name} costs {listing.price}, and nobody is here to agree.",
            advice=f"Say what it may cost: mog buy {listing.name} --max-price"
            f" {listing.price_cents // 100}.{listing.price_cents % 100:02}",
            details={"listing": listing.name, "priceCents": listing.price_cents},
            approval_url=listing.url,
        )
    console.ask(f"{listing.name} costs {listing.price}.")
    if not click.confirm("Pay from your wallet?", err=True):
        raise Declined("Nothing was bought, as you wish.")


def _data_of(bought: Bought) -> dict[str, object]:
    return {
        "listing": bought.listing,
        "entitlementId": bought.entitlement_id,
        "orderId": bought.order_id,
        "priceCents": bought.price_cents,
    }


def _text_of(bought: Bought, listing: Listing) -> str:
    price = price_of(bought.price_cents, listing.currency)
    paid = f", order {bought.order_id}, {price}" if bought.order_id else ""
    return f"{bought.listing} is yours{paid}. Next, run: mog install {bought.listing}"
