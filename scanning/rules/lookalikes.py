"""Characters that show nothing, and letters that look like Latin ones (Unicode TR 36 and TR 39)."""

import re

# Category Cf of Unicode 15 (bidi controls, zero width, tags, soft hyphen), variation selectors, and
# the fillers that are letters by category and empty by sight.
_RANGES = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD)),
    *((0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB)),
    *((0x13430, 0x13438), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
_INVISIBLE = re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in _RANGES)}]+")

# The letters of Cyrillic and Greek that cannot be told from Latin ones at a glance.
_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijshdqwABEKMHOPCTYXIJS", strict=True))
_GREEK = dict(zip("οινυκραΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oivukpaABEZHIKMNOPTYX", strict=True))
LATIN: dict[int, str] = {ord(one): other for one, other in (_CYRILLIC | _GREEK).items()}
_LETTERS = "".join(map(chr, LATIN))
_LETTER = re.compile(f"[{_LETTERS}]")
# A word of one script is written in it; one that mixes them with Latin is dressed up.
_MIXED_WORD = re.compile(rf"(?:[A-Za-z][\w]*[{_LETTERS}]|[{_LETTERS}][\w]*[A-Za-z])[\w]*")


def without_invisible(text: str) -> str:
    """Return a text without the characters that show nothing."""
    return _INVISIBLE.sub("", text)


def latin_words(text: str) -> str:
    """Return a text whose words of mixed scripts are written in Latin letters."""
    if not _LETTER.search(text):
        return text
    return _MIXED_WORD.sub(lambda word: word.group().translate(LATIN), text)
