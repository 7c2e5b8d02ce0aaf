"""`mog show`: what the marketplace says of one package."""

import click

from mog_cli import identity, listing_facts, options, package_names, sizes, streams, surroundings
from mog_cli.catalogue_answers import ListingDetails, ReleaseSummary
from mog_cli.client import Client
from mog_cli.output import Console, Result, one_line

_VERSIONS_SHOWN = 5


@click.command(
    "show", cls=options.Command, params=options.acting(), short_help="Say what a package is."
)
@click.argument("package", metavar="PKG")
@click.pass_obj
def command(console: Console, *, package: str) -> Result:
    """Say what the marketplace knows of a package: what it is, what it costs, its versions."""
    name = package_names.parse(package)
    here = surroundings.of_process(console)
    with here.connect(token=identity.reading(here)) as connection:
        client = Client(connection)
        details, releases = client.listing(name), client.releases(name)
    data = {
        **listing_facts.data_of(details.listing),
        "license": details.license,
        "state": details.state,
        "releases": [_release_data(release) for release in releases],
    }
    head = listing_facts.text_of(details.listing, columns=streams.out_columns())
    return Result(data, "\n".join([head, *map(one_line, _lines(details, releases))]))


def _lines(details: ListingDetails, releases: tuple[ReleaseSummary, ...]) -> list[str]:
    listing = details.listing
    facts = {
        "Type": listing.type,
        "For": ", ".join(listing.targets),
        "Tags": ", ".join(listing.tags),
        "Licence": details.license,
        "Price": listing.price,
        "Runs code": "yes, so mog install asks for consent" if listing.runs_code else "no",
        "Page": listing.url,
    }
    shown = [f"{key}: {value}" for key, value in facts.items() if value]
    versions = [_release_text(release) for release in releases[:_VERSIONS_SHOWN]]
    return [*shown, *versions]


def _release_text(release: ReleaseSummary) -> str:
    size = sizes.text_of(release.size_bytes)
    on = f", {release.published_at:%Y-%m-%d}" if release.published_at else ""
    return f"Version {release.version}: {release.state}{on}, {size}, sha256 {release.sha256}"


def _release_data(release: ReleaseSummary) -> dict[str, object]:
    return {
        "version": release.version,
        "state": release.state,
        "sha256": release.sha256,
        "sizeBytes": release.size_bytes,
        "publishedAt": release.published_at.isoformat() if release.published_at else None,
    }
