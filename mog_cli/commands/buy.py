"""`mog buy`: pay for a package from the wallet, at a price that was agreed to."""

import re

import click

from mog_cli import (
    identity,
    options,
    package_names,
    purchasing,
    quoting,
    streams,
    surroundings,
)
from mog_cli.approval_watch import ApprovalWatch
from mog_cli.catalogue_answers import Listing, price_of
from mog_cli.client import Client
from mog_cli.errors import Declined, PurchaseNeeded, UsageError
from mog_cli.money_answers import Bought
from mog_cli.output import Console, Result
from mog_cli.patience import Patience

_AMOUNT = re.compile(r"([0-9]{1,7})(?:\.([0-9]{2}))?")
_EXAMPLES = """\b
Examples:
  mog buy acme/pdf-tools                   shows the price and asks
  mog buy acme/pdf-tools --max-price 5.00  asks nobody, pays no more
  mog buy acme/pdf-tools --dry-run         says whether it would go through
"""


@click.command(
    "buy",
    cls=options.Command,
    params=options.acting(),
    short_help="Buy a package from the wallet.",
    epilog=_EXAMPLES,
)
@click.argument("package", metavar="PKG")
@click.option("--max-price", metavar="AMOUNT", help="Pay this much at most, such as 4.99.")
@click.option("--yes", "-y", is_flag=True, help="Agree to the price, whatever it is now.")
@click.option("--dry-run", is_flag=True, help="Say whether it would go through; buy nothing.")
@options.waiting_for_approval
@click.pass_obj
def command(
    console: Console,
    *,
    package: str,
    max_price: str | None,
    yes: bool,
    dry_run: bool,
    wait_approval: bool,
    patience_seconds: int,
) -> Result:
    """Buy a package from the wallet, within the spend policy of your token.

    You agree to a price, here or by an option; the server takes no more than that, even when the
    price has changed meanwhile. What you have already costs nothing. Where the policy leaves it to
    a person, the exit code is 2, and the link to the decision is told.
    """
    name = package_names.parse(package)
    limit_cents = _cents_of(max_price) if max_price is not None else None
    here = surroundings.of_process(console)
    token = identity.current(here).token
    with here.connect(token=token) as connection:
        client = Client(connection)
        if dry_run:
            return quoting.told(client.quote_of(name), max_price_cents=limit_cents)
        listing = client.listing(name).listing
        if limit_cents is None:
            limit_cents = _agreed(listing, client, console, is_given=yes)
        patience = Patience(patience_seconds)
        watch = ApprovalWatch(client, console, patience) if wait_approval else None
        bought = purchasing.buy(name, max_price_cents=limit_cents, client=client, watch=watch)
    return Result(_data_of(bought), _text_of(bought, listing))


def _cents_of(text: str) -> int:
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        raise UsageError(f"--max-price {text!r} is no amount.", advice="Write it like 4.99 or 5.")
    return int(amount[1]) * 100 + int(amount[2] or 0)


def _agreed(listing: Listing, client: Client, console: Console, *, is_given: bool) -> int:
    """Return the price in cents once somebody agrees to it; what they have already costs nothing.

    Raises PurchaseNeeded, Declined, and what Connection.exchange raises.
    """
    if is_given or listing.price_cents == 0:
        return listing.price_cents
    quote = client.quote_of(listing.name)
    if quote.is_owned:
        return 0
    if console.is_json or not streams.is_interactive():
        raise PurchaseNeeded(
            f"{listing.name} costs {listing.price}, and nobody is here to agree.",
            advice=f"Say what it may cost: mog buy {listing.name} --max-price"
            f" {listing.price_cents // 100}.{listing.price_cents % 100:02}",
            details={"listing": listing.name, "priceCents": listing.price_cents},
            approval_url=listing.url,
        )
    console.ask(f"{listing.name} costs {price_of(quote.price_cents, quote.currency)}.")
    wallet = f"the wallet of {quote.organization}" if quote.organization else "your wallet"
    if not click.confirm(f"Pay from {wallet}?", err=True):
        raise Declined("Nothing was bought, as you wish.")
    return quote.price_cents


def _data_of(bought: Bought) -> dict[str, object]:
    return {
        "listing": bought.listing,
        "entitlementId": bought.entitlement_id,
        "orderId": bought.order_id,
        "priceCents": bought.price_cents,
        "isNew": bought.is_new,
    }


def _text_of(bought: Bought, listing: Listing) -> str:
    following = f"Next, run: mog install {bought.listing}"
    if not bought.is_new:
        return f"You have {bought.listing} already; nothing was paid. {following}"
    price = price_of(bought.price_cents, listing.currency)
    paid = f", order {bought.order_id}, {price}" if bought.order_id else ""
    return f"{bought.listing} is yours{paid}. {following}"
