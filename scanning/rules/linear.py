"""Patterns over bytes in time linear in their length (RE2)."""

from typing import Any

import re2


def compiled(pattern: str) -> Any:
    """Make a pattern ready, each byte a character of its own; raises re2.error."""
    options = re2.Options()
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(pattern.encode(), options)
