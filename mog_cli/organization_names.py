"""Names of organizations as they are typed; a hyphen alone means oneself."""

import re

PERSONAL = "-"

# The server's rule for names in addresses (SPEC 2.5): what is none is asked of nobody.
_SLUG = re.compile(r"[a-z0-9](?:-?[a-z0-9])*")
_LENGTHS = range(2, 40)


def is_slug(text: str) -> bool:
    """Tell whether a text can be the name of an organization."""
    return len(text) in _LENGTHS and _SLUG.fullmatch(text) is not None


def is_choice(text: str) -> bool:
    """Tell whether a text says for whom to act: an organization, or oneself."""
    return text == PERSONAL or is_slug(text)
