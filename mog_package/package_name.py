"""The name of a package: a vendor and a slug."""

import re

WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"
# Vendors are namespaces of 2 to 32 characters.
PATTERN = rf"(?=[^/]{{2,32}}/){WORD}/{WORD}"
LONGEST = 128
_NAME = re.compile(PATTERN)


def parse_name(text: str) -> tuple[str, str] | None:
    """Return vendor and slug of `vendor/slug`; None when the text cannot be a name."""
    if len(text) > LONGEST or _NAME.fullmatch(text) is None:
        return None
    vendor, _, slug = text.partition("/")
    return vendor, slug
