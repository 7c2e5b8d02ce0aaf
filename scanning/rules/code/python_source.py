"""The Python of a package: its scripts, and what its texts give an agent to run."""

import ast
import re
import textwrap
import warnings
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

import re2

from mog_package import Package, is_script
from scanning.rules import programs

# What a person writes stays far below; beyond it, a parser takes memory and time as it likes.
FILE_BYTES = 256 * 1024
PACKAGE_BYTES = 2 * 1024 * 1024
# So much at least is a piece, however short: each costs time of its own.
_LEAST_COST = 500
# An f-string is parsed in the square of its length (CPython 3.11).
_LINE_CHARACTERS = 20_000
_SCRIPTS = (".py", ".pyi")
_TEXTS = (*programs.MARKDOWN, ".txt", ".json", ".sh", ".bash", ".zsh")
# One that names no language may be of this one.
_LANGUAGES = frozenset({"python", "python3", "py", "ipython", "ipython3", ""})
# What can be done, what with, and what hides both: a program without says nothing to any rule.
_ENDS = re2.compile(
    rb"(?i)exec|eval|system|popen|subprocess|spawn|requests|httpx|aiohttp|urllib|urlopen|\.post\("
    rb"|\.put\(|socket|smtplib|ftplib|unlink|remove|rmtree|setup\(|pickle|joblib|yaml|ctypes|sys\.path"
    rb"|importlib|runpy|HTTPS?Connection|getaddrinfo|gethostby|upload_|put_object"
)
_BEGINNINGS = re2.compile(
    rb"requests|httpx|aiohttp|urllib|urlopen|recv|base64|b64|fromhex|unhexlify|decompress|marshal"
    rb"|codecs|environ|__file__|argv\[0\]|expanduser|home\(\)|cmdclass|now\(|today\(|time\("
)
_HIDING = re2.compile(
    rb"import_|getattr|__builtins__|globals\(|__dict__|read_pickle|make_archive|hexlify|urlretrieve"
    rb"|\.env[\"']|torch\.load"
)
_OPTION = re.compile(r"\bpython3?[ \t]+-c[ \t]+(?P<mark>[\"'])(?P<code>.{1,2000}?)(?P=mark)", re.S)
_HERE = re.compile(r"\bpython3?[ \t]+-?[ \t]*<<-?[ \t]*['\"]?(?P<mark>\w+)['\"]?[ \t]*\n")


class Reading(Enum):
    """How far a program could be read."""

    READ = auto()
    # This version of Python would not run it.
    BROKEN = auto()
    TOO_LARGE = auto()


@dataclass(frozen=True, slots=True)
class Program:
    """A piece of Python.

    first_line: where it begins in its file. is_script: it stands in a script, and is no example in
    a text. tree: empty where it could not be read.
    """

    path: str
    first_line: int
    is_script: bool
    text: str
    reading: Reading
    tree: ast.Module


def of(package: Package) -> Iterator[Program]:
    """Yield every program that has something to say, as far as the ceilings allow."""
    left = PACKAGE_BYTES
    for file in package.files:
        if not file.path.lower().endswith((*_SCRIPTS, *_TEXTS)):
            continue
        for line, code in _pieces(file.path, package.tree.read(file.path)):
            left -= max(len(code), _LEAST_COST)
            yield _program(file.path, line, code, is_allowed=left >= 0)
            if left < 0:
                break


def _pieces(path: str, data: bytes) -> Iterator[tuple[int, str]]:
    """Yield first line and text of each piece."""
    if not _is_telling(data):
        return
    if path.lower().endswith(_SCRIPTS):
        yield 1, data.decode("utf-8-sig")
    elif len(data) <= FILE_BYTES:
        for block in programs.of(path, data):
            if _may_be_python(block) and _is_telling(block.text.encode()):
                yield block.lines[0], textwrap.dedent(block.text)
        if b"python" in data:
            yield from _commands(data.decode())


def _may_be_python(block: programs.Block) -> bool:
    return block.language in _LANGUAGES and (bool(block.language) or "import " in block.text)


def _is_telling(data: bytes) -> bool:
    return bool(_HIDING.search(data) or (_ENDS.search(data) and _BEGINNINGS.search(data)))


def _commands(text: str) -> Iterator[tuple[int, str]]:
    """Yield what a shell is told to give to Python."""
    ends = [found.start() for found in re.finditer("\n", text)]
    for option in _OPTION.finditer(text):
        yield bisect_left(ends, option.start("code")) + 1, option["code"]
    for here in _HERE.finditer(text):
        end = text.find(f"\n{here['mark']}", here.end() - 1)
        code = text[here.end() : end if end >= 0 else len(text)]
        yield bisect_left(ends, here.end()) + 1, code


def _program(path: str, first_line: int, code: str, *, is_allowed: bool) -> Program:
    reading, tree = Reading.TOO_LARGE, ast.Module(body=[], type_ignores=[])
    if is_allowed and len(code) <= FILE_BYTES and _has_short_lines(code):
        reading, tree = _parsed(code)
    return Program(path, first_line, is_script(path), code, reading, tree)


def _has_short_lines(code: str) -> bool:
    return all(len(line) <= _LINE_CHARACTERS for line in code.split("\n"))


def _parsed(code: str) -> tuple[Reading, ast.Module]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Reading.READ, ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading.BROKEN, ast.Module(body=[], type_ignores=[])
