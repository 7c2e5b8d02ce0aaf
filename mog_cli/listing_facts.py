"""What is said of a package on the shelf."""

from mog_cli.catalogue_answers import Listing


def text_of(listing: Listing) -> str:
    """Return it in one line: `acme/notes 1.0.0 (skill, free): Keeps notes.`."""
    version = listing.latest_version or "without a version"
    marks = [listing.type, listing.price, *(["verified"] if listing.is_verified else [])]
    summary = listing.summary or listing.title
    return f"{listing.name} {version} ({', '.join(marks)}): {summary}"


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
