"""`mog token`: list, end and make tokens."""

import os

import click

from mog_cli import browser, groups, options, streams, surroundings, token_ending, token_listing
from mog_cli.errors import EXIT_HUMAN_MUST_DECIDE, MogError
from mog_cli.output import Console, Result

command = groups.group(
    "token",
    short_help="List, end and make tokens.",
    help_text="""List, end and make tokens.

    A token sees and ends itself; with the scope `account` it sees and ends all of its owner's. None
    can make another: that takes its owner, in a browser.
    """,
)


class BrowserNeeded(MogError):
    """A person has to do it in a browser, and none can be opened for them here."""

    code = "browser_required"
    exit_code = EXIT_HUMAN_MUST_DECIDE


@command.command(
    "list", cls=options.Command, params=options.shared(), short_help="List your tokens."
)
@click.pass_obj
def list_tokens(console: Console) -> Result:
    """List the tokens that this one may see; never a secret, which nobody has."""
    here = surroundings.of_process(console)
    seen, page = token_listing.ask(here), f"{here.origin}{token_listing.PAGE}"
    data = {
        "tokens": [token_listing.data_of(token, seen) for token in seen.tokens],
        "isComplete": seen.is_everything,
        "tokensUrl": page,
    }
    more = [] if seen.is_everything else [f"This token sees {seen.reach}. All of yours: {page}"]
    return Result(data, "\n".join([token_listing.table(seen.tokens, seen), *more]))


@command.command("revoke", cls=options.Command, params=options.shared(), short_help="End a token.")
@click.argument("token", metavar="ID|PREFIX|LABEL")
@click.pass_obj
def revoke(console: Console, *, token: str) -> Result:
    """End a token at once, by its id, its first 12 characters or its label.

    Ending the one in use signs you out.
    """
    return token_ending.end(token, surroundings.of_process(console))


@command.command(
    "create",
    cls=options.Command,
    params=options.shared(),
    short_help="Make a token, in the browser.",
)
@click.pass_obj
def create(console: Console) -> Result:
    """Open the page that makes tokens; what it makes is shown there, once, and never here."""
    url = f"{surroundings.of_process(console).origin}{token_listing.PAGE}/new"
    if console.is_json or not streams.is_interactive():
        raise BrowserNeeded("A token is made by its owner, in a browser.", approval_url=url)
    is_opened = browser.can_open(os.environ)
    if is_opened:
        browser.open_page(url)
    said = "Make the token in your browser" if is_opened else "Make the token in a browser"
    return Result({"url": url, "isOpened": is_opened}, f"{said}: {url}")
