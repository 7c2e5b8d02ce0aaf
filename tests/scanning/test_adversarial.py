"""Uploads that are made to stop, crash or deceive a scan: each ends, and none of them passes.

An end is failed, flagged, or no result, which holds the release. Nothing here is timed by the
clock but by the ceilings of the children; rules are held to the processor time they take.
"""

import base64
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import pytest

from mog_package.rules import Rule
from scanning import engine, ruleset
from scanning.errors import ScanInconclusive
from scanning.rules import checks, packs
from scanning.rules.matching import Matcher
from scanning.rules.packs import PackedRule
from scanning.rules.scanned_file import ScannedFile
from scanning.rules.yara_rule import YaraScanner, compiled, identifier
from scanning.verdicts import Verdict
from tests.mog_package import packages
from tests.mog_package.hostile_archives import LARGE, SAMPLES, lines
from tests.scanning import rulebooks
from tests.scanning.conftest import Upload
from tests.scanning.templates import filled

processes = pytest.mark.processes
Read = TypeVar("Read")
_MB = 1024 * 1024
_HELD = "held"
_PNG = packages.PNG
# A bomb of nine levels, each ten times the last: a billion words (CWE-776).
_ENTITIES = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha">' for n in range(10)
)


def _secret() -> bytes:
    return filled("npm{_}{checked*30}").encode()


def _outcome(upload: Upload, contents: dict[str, bytes] | bytes, now: datetime) -> str:
    try:
        with engine.examine(upload(contents), now=now) as result:
            return result.verdict
    except ScanInconclusive:
        return _HELD


def _with(change: dict[str, bytes]) -> dict[str, bytes]:
    return packages.files() | change


BOMBS: dict[str, Callable[[], bytes]] = {
    "shrunk a thousandfold": LARGE[Rule.RATIO],
    "too many files": LARGE[Rule.TOO_MANY_FILES],
    "too many folders": LARGE[Rule.TOO_MANY_ENTRIES],
    "a hundred megabytes and more": LARGE[Rule.UNPACKED_TOO_LARGE],
    "files that share their bytes": SAMPLES[Rule.OVERLAP],
    "an archive in an archive": SAMPLES[Rule.NESTED_ARCHIVE],
    "folders without end": LARGE[Rule.NAME_TOO_DEEP],
}


@processes
@pytest.mark.django_db
@pytest.mark.parametrize("bomb", BOMBS)
def test_an_archive_that_explodes_fails(bomb: str, upload: Upload, now: datetime) -> None:
    assert _outcome(upload, BOMBS[bomb](), now) == Verdict.FAILED


def _svg(body: str, *, doctype: str = "") -> bytes:
    return f'{doctype}<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


BROKEN: dict[str, dict[str, bytes]] = {
    "YAML of brackets": {"mog.yaml": b"name: " + b"[" * 20_000},
    "YAML of keys": {"mog.yaml": b"? " * 20_000},
    "YAML that names itself": {"mog.yaml": b"name: &a [*a]\n"},
    "front matter of brackets": {"content/SKILL.md": b"---\nname: " + b"[" * 20_000 + b"\n---\n"},
    "front matter without an end": {"content/SKILL.md": b"---\n" + b"a: b\n" * 10_000},
    "half a character": {"content/a.md": b"caf\xc3"},
    "an overlong character": {"content/a.md": b"\xc0\xaf\xe0\x80\xaf"},
    "half a surrogate pair": {"content/a.md": b"\xed\xa0\x80"},
    "UTF-16": {"content/a.md": "\ufeffCurl it".encode("utf-16-le")},
    "UTF-16 as a manifest": {"mog.yaml": "name: acme/a\n".encode("utf-16")},
    "UTF-32": {"content/a.md": "Curl it".encode("utf-32")},
    "a picture's name on a text": {"content/a.png": b"curl | sh"},
    "a bomb of entities": {"content/a.svg": _svg("&l9;", doctype=f"<!DOCTYPE svg [{_ENTITIES}]>")},
    "groups without end": {"content/a.svg": _svg("<g>" * 50_000)},
}


@processes
@pytest.mark.django_db
@pytest.mark.parametrize("what", BROKEN)
def test_what_is_malformed_fails(what: str, upload: Upload, now: datetime) -> None:
    assert _outcome(upload, _with(BROKEN[what]), now) == Verdict.FAILED


def _tiny(count: int) -> dict[str, bytes]:
    return {f"content/{n:04}.md": b"%d\n" % n for n in range(count)}


def _nested(value: str, depth: int) -> bytes:
    return ('{"a":' * depth + value + "}" * depth).encode()


# Each hides one secret where a scan that gives up early would not see it.
HIDING: dict[str, Callable[[bytes], dict[str, bytes]]] = {
    "the last of 2,000 files": lambda secret: _tiny(1996) | {"content/z.md": secret},
    "the end of a line of 10 MB": lambda secret: {
        "content/a.md": b"word " * (2 * _MB - 100) + secret
    },
    "the end of 10 MB of lines": lambda secret: {
        "content/a.md": lines(10 * _MB - 500) + b"\n" + secret
    },
    "the bottom of deep JSON": lambda secret: {
        "content/a.json": _nested(f'"{secret.decode()}"', 100_000)
    },
    "the bottom of deep YAML": lambda secret: {
        "content/a.yaml": b"- " * 50_000 + b'"' + secret + b'"\n'
    },
    "behind a byte order mark": lambda secret: {"content/a.md": b"\xef\xbb\xbf" + secret},
    "among lines of control characters": lambda secret: {
        "content/a.md": b"\x01\x02\x1b[31m\x08\n" * 1000 + secret
    },
    "behind thousands of placeholders": lambda secret: {
        "content/a.md": b"".join(b"token = your-token-%d\n" % n for n in range(20_000)) + secret
    },
}


@processes
@pytest.mark.django_db
@pytest.mark.parametrize("where", HIDING)
def test_nothing_hides_in_the_crowd(where: str, upload: Upload, now: datetime) -> None:
    assert _outcome(upload, _with(HIDING[where](_secret())), now) == Verdict.FAILED


def _layered(data: bytes, times: int) -> bytes:
    for _ in range(times):
        data = base64.b64encode(data)
    return data


ODD: dict[str, dict[str, bytes]] = {
    "half a picture": {"content/a.png": _PNG[: len(_PNG) // 2]},
    "a picture's first bytes": {"content/a.png": _PNG[:9]},
    "a picture of a billion points": {
        "content/a.png": _PNG[:16] + b"\x7f\xff\xff\xff\x7f\xff\xff\xff" + _PNG[24:]
    },
    "Base64 thirty times over": {"content/a.md": _layered(b"harmless", 30)},
    "a megabyte of one letter": {"content/a.md": b"A" * _MB},
    "a megabyte of percent signs": {"content/a.md": b"%" * _MB},
    "a megabyte of escapes": {"content/a.md": b"\\u0041" * (_MB // 6)},
    "a megabyte of ampersands": {"content/a.md": b"&#65" * (_MB // 4)},
    "a megabyte of accents": {"content/a.md": ("a" + "\u0300" * 1000).encode() * 500},
    "a megabyte of open brackets": {"content/a.md": b"[" * _MB},
    "a megabyte of quotes": {"content/a.md": b">" * _MB},
    "a megabyte of comments": {"content/a.md": b"<!--" * (_MB // 4)},
    "a megabyte of tag characters": {"content/a.md": "\U000e0041".encode() * (_MB // 4)},
}


@processes
@pytest.mark.django_db
@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_comes_to_an_end(what: str, upload: Upload, now: datetime) -> None:
    """It may pass, being harmless; it may not take the scan with it."""
    assert _outcome(upload, _with(ODD[what]), now) in set(Verdict)


# Of processor time for each hostile text: a hundred times what it takes, and nothing against what
# a pattern that tries again and again would take.
_CPU_SECONDS = 2.0
_HOSTILE_BYTES = 100_000
_WORD = re.compile(r"[\w .:/@-]{3,}")
_WORDS_OF_A_RULE = 10
_PACKED = packs.load(ruleset.OPEN_RULES)


def _grown(piece: str) -> bytes:
    data = piece.encode()
    return (data * (_HOSTILE_BYTES // len(data) + 1))[:_HOSTILE_BYTES]


def _nearly(source: str, samples: tuple[str, ...]) -> Iterator[bytes]:
    """Yield texts of a rule's own words, and of its samples that stop just before their end."""
    words = sorted(set(_WORD.findall(source)), key=len, reverse=True)[:_WORDS_OF_A_RULE]
    for word in words:
        yield _grown(word)
        yield _grown(f"{word} ")
    yield _grown(" ".join(words) or "a")
    for sample in samples[:_WORDS_OF_A_RULE]:
        yield _grown(filled(sample))
        yield _grown(filled(sample)[:-1] + " ")


def _look_of(each: PackedRule) -> tuple[str, Callable[[bytes], object]]:
    """Return the source of a rule, and how a child applies it and no other."""
    if each.pattern:
        matcher, endings = Matcher([each.pattern]), each.pattern.endings
        path = f"content/a{endings[0] if endings else '.md'}"
        return each.pattern.pattern, lambda data: list(matcher.sightings(path, data))
    assert each.yara
    scanner = YaraScanner(compiled((each.yara,)), {identifier(each.rule.id): each.rule.id})
    return each.yara.body, lambda data: scanner.read(
        data, path="content/a.md", layer="", is_program=False
    )


def _seconds_of(look: Callable[[Read], object], what: Read) -> float:
    begun = time.process_time()
    look(what)
    return time.process_time() - begun


@pytest.mark.parametrize("each", _PACKED, ids=lambda each: each.rule.id)
def test_no_text_keeps_a_rule_busy(each: PackedRule) -> None:
    source, look = _look_of(each)
    for data in _nearly(source, each.positive):
        assert _seconds_of(look, data) < _CPU_SECONDS


@pytest.mark.parametrize("each", _PACKED, ids=lambda each: each.rule.id)
def test_digits_and_letters_are_read_at_once(each: PackedRule) -> None:
    """Where no fixed text of a pattern is rare, each place of such lines is tried."""
    _, look = _look_of(each)
    assert _seconds_of(look, _grown("52e6b438" + "a" * 100 + " ")) < _CPU_SECONDS / 20


@pytest.mark.parametrize("check", checks.FILE_CHECKS, ids=lambda check: check.__name__)
def test_no_text_keeps_a_check_busy(check: checks.FileCheck) -> None:
    for file in (file for files in check.POSITIVE.values() for file in files):
        for piece in (file.data, file.data[:-1], file.data[: len(file.data) // 2 + 1]):
            grown = piece * (_HOSTILE_BYTES // len(piece) + 1)
            # What is judged before it is scanned is whole characters.
            hostile = ScannedFile(file.path, grown.decode(errors="ignore").encode())
            assert _seconds_of(lambda of: list(check.look(of)), hostile) < _CPU_SECONDS


def test_no_text_keeps_all_rules_busy() -> None:
    source = random.Random(1)
    words = [word for each in _PACKED for text in each.positive for word in text.split()]
    text = " ".join(filled(source.choice(words)) for _ in range(_HOSTILE_BYTES // 8))
    data = text.encode()[:_HOSTILE_BYTES]
    assert _seconds_of(lambda data: rulebooks.hits("content/a.md", data), data) < 10 * _CPU_SECONDS
