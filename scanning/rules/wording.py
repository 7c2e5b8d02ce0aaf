"""What the strings of a condition come to by where they stand in a prose text.

An order is given in one place. Strings of a condition that stand pages apart, each in a sentence of
its own, or behind a "do not", are what honest texts show, too: they are a suspicion.
"""

import re
from collections.abc import Iterator

from scanning.rules.rule import Category, Confidence, Rule, Severity

# What `scanning.child` says itself: a condition was met, but by nothing that is said in one place.
LOOSE = Rule(
    id="prompt-injection/loose-wording",
    category=Category.PROMPT_INJECTION,
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    advice=(
        "Words of this text would be an attack if they stood together, or were not forbidden. Say"
        " plainly what the agent does with whose data."
    ),
    source="docs/scanning.md",
)
# Longer than any paragraph that gives an order; whatever is within half of it stands in one piece.
_PLACE_BYTES = 2400
# Each piece is read again, and long texts are no prose.
_TEXT_BYTES = 192 * 1024
_LEAD_BYTES = 32
_FORBIDS = re.compile(
    r"(?:\b(?:(?:do|does|must|should|may|can|will) not|never|cannot|avoid|refuse to|nicht|niemals"
    r"|(?:do|must|should|ca|wo)n't)(?: (?:ever|be|try to|attempt to))? ?[\"'`(]?"
    r"|不要|不得|禁止|切勿|請勿|请勿)$"
)


def is_forbidden(text: bytes, start: int) -> bool:
    """Tell whether what begins at a place of a normalised text stands right behind a "do not"."""
    lead = text[max(0, start - _LEAD_BYTES) : start].decode(errors="replace")
    return _FORBIDS.search(lead) is not None


def places(text: bytes) -> Iterator[bytes]:
    """Yield a text in overlapping pieces of a few sentences; as it is when it is too long for it.

    Beginnings and ends may cut a character, and a word.
    """
    if len(text) > _TEXT_BYTES:
        yield text
        return
    step = _PLACE_BYTES // 2
    for start in range(0, max(len(text) - step, 1), step):
        yield text[start : start + _PLACE_BYTES]
