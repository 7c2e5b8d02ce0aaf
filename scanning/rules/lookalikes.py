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
# Marks that are still apart from their letters after NFKC only dress them up.
_MARKS = "\u0300-\u036f\u0488\u0489\u1ab0-\u1aff\u20d0-\u20ff"
_INVISIBLE = "".join(f"{chr(first)}-{chr(last)}" for first, last in _RANGES)
_SHOWS_NO_LETTER = re.compile(f"[{_INVISIBLE}{_MARKS}]+")

# The letters of Cyrillic, Greek and Armenian that cannot be told from Latin ones at a glance.
_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijshdqwABEKMHOPCTYXIJS", strict=True))
_GREEK = dict(zip("οινυκραΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oivukpaABEZHIKMNOPTYX", strict=True))
_ARMENIAN = dict(zip("օսոհցԼՍՕ", "ounhgLUO", strict=True))
LATIN: dict[int, str] = {ord(one): other for one, other in (_CYRILLIC | _GREEK | _ARMENIAN).items()}
_LETTER = re.compile(f"[{''.join(map(chr, LATIN))}]")
_WORD = re.compile(r"\w+")
_ASCII_LETTER = re.compile("[A-Za-z]")

# Latin letters in costume, which NFKC leaves alone: small capitals, and letters in boxes, circles
# and flags.
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", _ALPHABET.replace("x", ""), strict=True))
_BOXED = {
    chr(first + place): letter
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for place, letter in enumerate(_ALPHABET)
}
_COSTUMES = str.maketrans(_SMALL_CAPITALS | _BOXED | {"ı": "i", "ɑ": "a", "ɡ": "g"})
_IN_COSTUME = re.compile(f"[{''.join(map(chr, _COSTUMES))}]")


def without_invisible(text: str) -> str:
    """Return a text, composed by NFKC, without what shows no letter."""
    return _SHOWS_NO_LETTER.sub("", text)


def latin_words(text: str) -> str:
    """Return a text whose words of mixed scripts, and letters in costume, are plain Latin."""
    if text.isascii():
        return text
    if _IN_COSTUME.search(text):
        text = text.translate(_COSTUMES)
    # A word of one script is written in it; one that mixes them with Latin is dressed up.
    return _WORD.sub(_latin, text) if _LETTER.search(text) else text


def _latin(found: re.Match[str]) -> str:
    word = found.group()
    is_mixed = _ASCII_LETTER.search(word) and _LETTER.search(word)
    return word.translate(LATIN) if is_mixed else word
