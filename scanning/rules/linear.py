"""Patterns over bytes in time linear in their length (RE2)."""

from typing import Any

import re2


def compiled(pattern: str) -> Any:
    """Make a pattern ready, each byte a character of its own; raises re2.error."""
    return re2.compile(pattern.encode(), options())


def options() -> Any:
    """Return how bytes are read: each is a character, and mistakes are raised, not logged."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.encoding = re2.Options.Encoding.LATIN1
    return chosen
