"""`mog search`: find packages."""

import click

from mog_cli import identity, listing_facts, options, streams, surroundings
from mog_cli.client import Client
from mog_cli.output import Console, Result
from mog_package import PackageType, Target

_TYPES = tuple(kind.value for kind in PackageType)
_CLIENTS = tuple(target.value for target in Target)
_SORTS = ("relevance", "popular", "recent", "rating")


@click.command("search", cls=options.Command, params=options.acting(), short_help="Find packages.")
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@click.option(
    "--type", "kind", type=click.Choice(_TYPES), metavar="TYPE", help=f"Of {', '.join(_TYPES)}."
)
@click.option(
    "--target",
    type=click.Choice(_CLIENTS),
    metavar="CLIENT",
    help=f"What can be installed for it, of {', '.join(_CLIENTS)}.",
)
@click.option("--tag", metavar="TAG", help="What has this tag.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 100),
    default=20,
    show_default=True,
    help="So many at most.",
)
@click.option(
    "--sort",
    type=click.Choice(_SORTS),
    metavar="ORDER",
    default=_SORTS[0],
    show_default=True,
    help=f"By {', '.join(_SORTS)}.",
)
@click.pass_obj
def command(
    console: Console,
    *,
    words: tuple[str, ...],
    kind: str | None,
    target: str | None,
    tag: str | None,
    limit: int,
    sort: str,
) -> Result:
    """Search the marketplace by words; nobody needs to be signed in."""
    asked = {"q": " ".join(words), "type": kind, "target": target, "tag": tag, "sort": sort}
    query = {key: value for key, value in asked.items() if value} | {"limit": str(limit)}
    here = surroundings.of_process(console)
    with here.connect(token=identity.reading(here)) as connection:
        found = Client(connection).search(query)
    data = {"query": asked["q"], "items": [listing_facts.data_of(listing) for listing in found]}
    columns = streams.out_columns()
    lines = [listing_facts.text_of(listing, columns=columns) for listing in found]
    return Result(data, "\n".join(lines) or "Nothing was found. Try fewer or other words.")
