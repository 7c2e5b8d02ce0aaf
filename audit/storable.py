"""Text from strangers as every database can keep it.

PostgreSQL refuses NUL in text and no encoding knows half a surrogate pair, yet a browser's name or
a file's may hold either. An operation must not fail for it, so both become U+FFFD.
"""

from collections.abc import Mapping

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def text(value: str, *, longest: int) -> str:
    """Return a text of at most `longest` characters that can be stored."""
    well_formed = value[:longest].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return well_formed.replace("\0", _REPLACEMENT)[:longest]


def facts(value: object, *, longest: int = 1000) -> object:
    """Return a JSON value whose texts, keys included, can be stored."""
    if isinstance(value, str):
        return text(value, longest=longest)
    if isinstance(value, Mapping):
        return {text(str(key), longest=longest): facts(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [facts(each) for each in value]
    return value
