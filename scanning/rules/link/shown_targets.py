"""Links whose text shows one address and which lead to another."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from scanning.rules import linear
from scanning.rules.link import brands
from scanning.rules.link.addresses import Host
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile

_SOURCE = "https://cwe.mitre.org/data/definitions/451.html"
_TRUSTED = Rule(
    id="link/shows-trusted-host",
    category=Category.LINK,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    advice="Let this link lead where its text says: it shows a trusted host and leads elsewhere.",
    source=_SOURCE,
)
_OTHER = Rule(
    id="link/shows-other-host",
    category=Category.LINK,
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    advice="Let this link lead where its text says.",
    source=_SOURCE,
)
RULES: tuple[Rule, ...] = (_TRUSTED, _OTHER)

_LINK = linear.compiled(
    r"(?i)\[([^\[\]\n]{4}[^\[\]\n]*)\]\(\s*<?(?:https?:)?//([^\s()<>]+)"
    r"|<a\s[^<>]*\bhref\s*=\s*[\"'](?:https?:)?//([^\"'\s]+)[\"'][^<>]*>"
    r"\s*([^<>\n]{4}[^<>\n]*)</a>"
)
_SHOWN = re.compile(
    r"[`*_\s]*(?:https?://)?((?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|ai|app|co|sh|gg|me|so|us|eu))"
    r"(?![\w.-])",
    re.I,
)
_OF_A_FILE = 40
_HOST = re.compile(r"(?:[^/?#@]*@)?([\w.-]+)")


def look(file: ScannedFile) -> Iterator[Sighting]:
    """Yield links that show another host than theirs."""
    if b"](" in file.data or b"href" in file.data:
        yield from islice(_sightings(file.data), _OF_A_FILE)


def _sightings(data: bytes) -> Iterator[Sighting]:
    for found in _LINK.finditer(data):
        text, target = (found[1], found[2]) if found[1] else (found[4], found[3])
        if rule := _rule_of(text.decode(errors="replace"), target.decode(errors="replace")):
            start, end = found.span()
            yield Sighting(rule_id=rule.id, start=start, end=end, matched=found.group())


def _rule_of(text: str, target: str) -> Rule | None:
    shown, leads = _SHOWN.match(text), _HOST.match(target.lower())
    if not shown or not leads:
        return None
    says, is_really = Host(shown[1].lower()).owned, Host(leads[1].strip(".")).owned
    # Owners keep many names; between two of the trusted nobody is deceived.
    if says == is_really or is_really in brands.OWNED or _is_same_name(says, is_really):
        return None
    return _TRUSTED if says in brands.OWNED else _OTHER


def _is_same_name(one: str, other: str) -> bool:
    """Tell `acme.io` and `docs-acme.com`, which are probably of one owner."""
    first, second = one.partition(".")[0], other.partition(".")[0]
    return one not in brands.OWNED and (first in second or second in first)


def _file(text: str) -> ScannedFile:
    return ScannedFile("content/a.md", text.encode())


POSITIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _TRUSTED.id: (
        _file("[https://github.com/acme/tool](https://acme-files.net/tool)"),
        _file("[`github.com/acme`](//github-acme.net/x)"),
        _file('<a href="https://acme-files.net/x">https://www.paypal.com/login</a>'),
        _file("[https://github.com/acme](https://github.com@acme-files.net/)"),
    ),
    _OTHER.id: (_file("[https://tools.acme.com/a](https://other.net/a)"),),
}
NEGATIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _TRUSTED.id: (
        _file("[https://github.com/acme](https://www.github.com/acme)"),
        _file("[github.com](https://docs.github.com) [npmjs.com](https://www.npmjs.com/a)"),
        _file("[GitHub](https://acme.net) [Node.js](https://acme.net) [main.py](https://acme.net)"),
        _file("![shot](https://acme.net/a.png)"),
    ),
    _OTHER.id: (
        _file("[acme.io](https://docs.acme.io) [acme.com](https://acme.dev)"),
        _file("[tools.acme.com](https://github.com/acme/tools)"),
    ),
}
