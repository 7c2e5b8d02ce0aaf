"""Read the names of packages that people type."""

from mog_cli import lockfile_format
from mog_cli.errors import UsageError


def parse(text: str) -> str:
    """Return `vendor/slug`; raises UsageError."""
    if not lockfile_format.is_name(text):
        raise UsageError(
            f"{text!r} is no name of a package.",
            advice="It looks like acme/pdf-tools: vendor and slug, in lower case.",
        )
    return text
