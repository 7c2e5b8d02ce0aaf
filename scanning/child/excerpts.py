"""What staff is shown of a place: a little of the text around it, every secret masked."""

from collections.abc import Sequence

EXCERPT_CHARACTERS = 240
_AROUND_BYTES = 60
_MATCH_BYTES = 120
# As many characters of a secret tell which kind it is, of one that has many more.
_SHOWN_OF_SECRET = 4
_LEAST_TO_SHOW = 20

Span = tuple[int, int]


def around(data: bytes, start: int, end: int, *, secrets: Sequence[Span]) -> str:
    """Return one line around a place; characters that cannot be seen are spelled out."""
    left, right = max(0, start - _AROUND_BYTES), min(end, start + _MATCH_BYTES) + _AROUND_BYTES
    return visible(_masked(data, left, min(right, len(data)), secrets).strip())


def visible(text: str) -> str:
    """Return a text on one line, short, with what cannot be seen spelled out."""
    flat = " ".join(text[: EXCERPT_CHARACTERS * 2].split())
    spelled = (c if c.isprintable() else f"\\u{ord(c):04x}" for c in flat)
    return "".join(spelled)[:EXCERPT_CHARACTERS]


def _masked(data: bytes, left: int, right: int, secrets: Sequence[Span]) -> str:
    parts: list[str] = []
    at = left
    for start, end in sorted(secrets):
        if end <= at or start >= right:
            continue
        parts += [_text(data[at : max(at, start)]), mask(data[start:end])]
        at = end
    return "".join([*parts, _text(data[at:right])])


def mask(secret: bytes) -> str:
    """Return what stands for a secret: its first characters, if it has many more, and its size."""
    shown = _text(secret[:_SHOWN_OF_SECRET]) if len(secret) >= _LEAST_TO_SHOW else ""
    return f"{shown}…({len(secret)} characters)"


def _text(data: bytes) -> str:
    return data.decode(errors="replace")
