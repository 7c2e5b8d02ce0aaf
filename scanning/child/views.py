"""A text, and the texts that are hidden in it."""

from collections.abc import Iterator
from dataclasses import dataclass

LAYER_CHARACTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Bytes to read.

    layer: how they were hidden, outermost first, such as `base64+rot13`; "" for the file itself.
    line: where the hidden text stands in the file; 0 for the file itself, which counts its own.
    """

    data: bytes
    layer: str
    line: int


def of(data: bytes) -> Iterator[View]:
    """Yield the bytes of a file."""
    yield View(data=data, layer="", line=0)
