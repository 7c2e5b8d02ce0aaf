"""Read the names of packages that people type."""

from mog_cli import lockfile_format
from mog_cli.errors import UsageError
from mog_cli.obtaining import Order
from mog_package import InvalidVersion, Version


def parse(text: str) -> str:
    """Return `vendor/slug`; raises UsageError."""
    if not lockfile_format.is_name(text):
        raise UsageError(
            f"{text!r} is no name of a package.",
            advice="It looks like acme/pdf-tools: vendor and slug, in lower case.",
        )
    return text


def parse_order(text: str) -> Order:
    """Return what `vendor/slug` or `vendor/slug@1.2.3` asks for; raises UsageError."""
    name, sign, version = text.partition("@")
    parse(name)
    if not sign:
        return Order(name)
    try:
        return Order(name, str(Version.parse(version)))
    except InvalidVersion:
        raise UsageError(
            f"{text!r} has no version of the form 1.2.3 behind the @.",
            advice=f"Leave it out for the latest one: {name}",
        ) from None
