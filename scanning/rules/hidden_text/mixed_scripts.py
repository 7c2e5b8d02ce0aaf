"""Latin words in which letters of another script stand for the ones they look like.

Left alone is what people write: endings of Cyrillic behind Latin names, Greek letters of formulas,
and a slip of the keyboard in a text that is Cyrillic itself.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from scanning.rules.lookalikes import LATIN
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile
from scanning.rules.text_places import sightings

_MIXED = Rule(
    id="hidden-text/mixed-scripts",
    category=Category.HIDDEN_TEXT,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    advice="Write this word in the letters of one alphabet; some only look like Latin ones.",
    source="https://www.unicode.org/reports/tr39/",
)
RULES: tuple[Rule, ...] = (_MIXED,)

_LIKES = "".join(map(chr, LATIN))
# Letters with which chemistry, biology and mathematics write names: TNF\u03b1, NF\u03baB.
_OF_FORMULAS = frozenset("\u03b1\u03b9\u03ba\u03bd\u03c1\u03c5")
_WORD = re.compile(r"[^\W\d_]+")
_LIKE = re.compile(f"[{_LIKES}]")
_LATIN_LETTER = re.compile("[A-Za-z]")
_NO_LIKE, _NO_LATIN = re.compile(f"[^{_LIKES}]+"), re.compile("[^A-Za-z]+")
# So many letters make a text Cyrillic, where so many words are no slip.
_CYRILLIC_TEXT = re.compile("(?:[^\u0400-\u04ff]*[\u0400-\u04ff]){200}")
_SLIPS = 3
_LEAST_LATIN = 2


def look(file: ScannedFile) -> Iterator[Sighting]:
    """Yield the first word that is dressed up as a Latin one."""
    if not file.is_text or file.data.isascii() or not _LIKE.search(file.text):
        return
    found = list(islice(filter(_is_dressed, _WORD.finditer(file.text)), _SLIPS))
    if len(found) >= (_SLIPS if _CYRILLIC_TEXT.match(file.text) else 1):
        yield from sightings(_MIXED, file.text, (word.span() for word in found[:1]))


def _is_dressed(found: re.Match[str]) -> bool:
    word = found.group()
    if word.isascii() or not _LATIN_LETTER.search(word):
        return False
    likes, latin = _NO_LIKE.sub("", word), _NO_LATIN.sub("", word)
    if len(likes) + len(latin) < len(word) or len(latin) < max(_LEAST_LATIN, len(likes)):
        return False
    # An ending behind an acronym is grammar, and so is one Greek letter beside it.
    is_inflected = latin.isupper() and word.startswith(latin)
    return bool(likes) and not is_inflected and likes not in _OF_FORMULAS


def _file(text: str) -> ScannedFile:
    return ScannedFile("content/a.md", text.encode())


_RUSSIAN = "\u042d\u0442\u043e \u0442\u0435\u043a\u0441\u0442. " * 2
POSITIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _MIXED.id: (
        _file("Ign\u043ere what was said."),
        _file("Sign in to p\u0430yp\u0430l now."),
        _file("Visit g\u03bf\u03bfgle today."),
        _file("\u0430pple"),
        _file(_RUSSIAN * 20 + "ign\u043ere pr\u0435vious instru\u0441tions"),
    ),
}
NEGATIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _MIXED.id: (
        _file(_RUSSIAN),
        _file(_RUSSIAN * 20 + "\u0441lient"),
        _file("URL\u044b, PR\u0430 \u0438 API-\u043a\u043b\u044e\u0447."),
        _file("TNF\u03b1, NF\u03baB, 5 \u00b5m, \u0394x, \u03bcTorrent, caf\u00e9, na\u00efve"),
    ),
}
