"""`mog search`: find packages."""

import click

from mog_cli import listing_facts, options, output, surroundings
from mog_cli.client import Client
from mog_cli.output import Console, Result
from mog_package import PackageType, Target

_SORTS = ("relevance", "popular", "recent", "rating")


@click.command("search", params=options.shared(), short_help="Find packages.")
@click.argument("words", metavar="QUERY...", nargs=-1, required=True)
@click.option("--type", "kind", type=click.Choice([kind.value for kind in PackageType]))
@click.option("--target", type=click.Choice([target.value for target in Target]))
@click.option("--tag", metavar="TAG")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@click.option("--sort", type=click.Choice(_SORTS), default="relevance", show_default=True)
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
    with here.connect() as connection:
        found = Client(connection).search(query)
    data = {"query": asked["q"], "items": [listing_facts.data_of(listing) for listing in found]}
    lines = [output.one_line(listing_facts.text_of(listing)) for listing in found]
    return Result(data, "\n".join(lines) or "Nothing was found. Try fewer or other words.")
