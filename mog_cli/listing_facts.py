"""What is said of a package on the shelf."""

import textwrap

from mog_cli.catalogue_answers import Listing
from mog_cli.output import one_line

# Longer lines tire the eye, however wide the terminal is.
_MOST_COLUMNS = 100
_LEAST_COLUMNS = 30


def text_of(listing: Listing, *, columns: int | None) -> str:
    """Return it for people: in one line, or on a terminal of so many columns in several.

    `acme/notes 1.0.0 (skill, free): Keeps notes.`, or what it is and below that what it does.
    """
    version = listing.latest_version or "without a version"
    marks = [listing.type, listing.price, *(["verified"] if listing.is_verified else [])]
    named = one_line(f"{listing.name} {version} ({', '.join(marks)})")
    summary = one_line(listing.summary or listing.title)
    if columns is None:
        return f"{named}: {summary}"
    width = min(max(columns, _LEAST_COLUMNS), _MOST_COLUMNS)
    indent = "  "
    wrapped = textwrap.wrap(
        summary,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return "\n".join([named, *wrapped])


def data_of(listing: Listing) -> dict[str, object]:
    """Return it for `--json`."""
    return {
        "name": listing.name,
        "type": listing.type,
        "title": listing.title,
        "summary": listing.summary,
        "tags": list(listing.tags),
        "targets": list(listing.targets),
        "priceCents": listing.price_cents,
        "currency": listing.currency,
        "verified": listing.is_verified,
        "runsCode": listing.runs_code,
        "latestVersion": listing.latest_version,
        "downloads": listing.downloads,
        "url": listing.url,
    }
