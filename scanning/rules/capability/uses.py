"""What the scripts of a package, and the code in its texts, touch: read, never run."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from mog_package import Package, is_script
from scanning.rules import fences
from scanning.rules.capability import shell_words

# Of each sort, for people to read.
MOST = 100
# As far as files are read, each and all together.
_FILE_BYTES = 256 * 1024
_PACKAGE_BYTES = 4 * 1024 * 1024

_MARKDOWN = (".md", ".mdx")
_SHELL_FILES = (".sh", ".bash", ".zsh")
_SHELL = frozenset({"bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"})
# Blocks that show texts and no code.
_NO_CODE = frozenset({"", "text", "txt", "markdown", "md", "mermaid", "diff", "csv", "html", "xml"})

_NAME = r"([A-Za-z_]\w{1,63})"
_ENV = tuple(
    map(
        re.compile,
        (
            rf"os\.environ(?:\.get\(|\.pop\(|\.setdefault\(|\[)\s*[\"']{_NAME}[\"']",
            rf"getenv\(\s*[\"']{_NAME}[\"']",
            rf"process\.env(?:\.{_NAME}|\[[\"']{_NAME}[\"']\])",
            rf"env\.get\(\s*[\"']{_NAME}[\"']",
            rf"ENV(?:\.fetch\(|\[)\s*[\"']{_NAME}[\"']",
            rf"\$env:{_NAME}",
        ),
    )
)
_PROGRAMS = tuple(
    map(
        re.compile,
        (
            r"subprocess\.\w+\(\s*\[\s*[\"']([a-z][\w.+-]{0,39})[\"']",
            r"shutil\.which\(\s*[\"']([a-z][\w.+-]{0,39})[\"']",
            r"os\.(?:system|popen)\(\s*f?[\"']([a-z][\w+-]{0,39})[ \"']",
            r"exec(?:File)?(?:Sync)?\(\s*[\"'`]([a-z][\w+-]{0,39})[ \"'`]",
            r"spawn(?:Sync)?\(\s*[\"'`]([a-z][\w+-]{0,39})[\"'`]",
        ),
    )
)
_HOST = re.compile(r"://(?:[^\s/@\"'<>]{1,80}@)?([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})")
# RFC 2606, RFC 6761, and what names formats and leads nowhere.
_NO_HOST = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|local(?:host)?|w3\.org)$"
    r"|^schemas?\.|^127\.|^0\.0\.0\.0$|^json-schema\.org$|^(?:your|my|some|host|foo)\b",
)
_HOME = re.compile(r"(?:~|\$HOME|\$\{HOME\})(/[\w.@+-]{1,60}(?:/[\w.@*+-]{1,60}){0,8})")
_ROOTED = re.compile(
    r"(?<![\w.:/~}*-])(/(?:etc|var|opt|root|home|Users|Library|Applications|proc|sys|srv|mnt)"
    r"(?:/[\w.@*+-]{1,60}){1,8})"
)
_JOINED = (
    re.compile(r"home\(\)((?:\s*/\s*[\"'][^\"'\n]{1,60}[\"']){1,8})"),
    re.compile(r"homedir\(\)((?:\s*,\s*[\"'`][^\"'`\n]{1,60}[\"'`]){1,8})"),
)
_QUOTED = re.compile(r"[\"'`]([^\"'`\n]+)[\"'`]")


class Sort(StrEnum):
    """What is touched."""

    HOST = "hosts"
    ENV = "envNames"
    BINARY = "binaries"
    PATH = "filePaths"


class Place(NamedTuple):
    """A line of a file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class _Code:
    path: str
    text: str
    is_shell: bool
    is_script: bool

    def place(self, name: str) -> Place:
        """Return where a name stands."""
        at = self.text.find(name)
        return Place(self.path, self.text.count("\n", 0, max(at, 0)) + 1)


@dataclass(frozen=True, slots=True)
class Uses:
    """Names by sort, each list sorted. Of more than `MOST` every file has its turn.

    of_scripts: those that stand in scripts, with the place where each is first met.
    """

    names: Mapping[Sort, tuple[str, ...]]
    of_scripts: Mapping[Sort, Mapping[str, Place]]


def of(package: Package) -> Uses:
    """Read the code of a package."""
    found: dict[Sort, dict[str, dict[str, None]]] = {sort: defaultdict(dict) for sort in Sort}
    of_scripts: dict[Sort, dict[str, Place]] = {sort: {} for sort in Sort}
    for code in _codes(package):
        for sort, name in _names(code):
            found[sort][code.path][name] = None
            if code.is_script and name not in of_scripts[sort]:
                of_scripts[sort][name] = code.place(name)
    names = {sort: tuple(sorted(_fair(by_file.values()))) for sort, by_file in found.items()}
    return Uses(names, of_scripts)


def _fair(files: Iterable[Iterable[str]]) -> list[str]:
    """Return the first names of every file, then the second ones, and so on, up to `MOST`."""
    turns = (name for turn in zip_longest(*files) for name in turn if name is not None)
    return list(dict.fromkeys(turns))[:MOST]


def _codes(package: Package) -> Iterator[_Code]:
    left = _PACKAGE_BYTES
    for file in package.files:
        is_markdown = file.path.lower().endswith(_MARKDOWN)
        if left <= 0 or not (is_markdown or is_script(file.path)):
            continue
        data = package.tree.read(file.path)[: min(left, _FILE_BYTES)]
        left -= len(data)
        text = data.decode(errors="ignore")
        yield from _blocks(file.path, text) if is_markdown else [_script(file.path, text)]


def _script(path: str, text: str) -> _Code:
    return _Code(path, text, is_shell=path.lower().endswith(_SHELL_FILES), is_script=True)


def _blocks(path: str, text: str) -> Iterator[_Code]:
    for fence in fences.of(text):
        if fence.language not in _NO_CODE:
            yield _Code(path, fence.text, is_shell=fence.language in _SHELL, is_script=False)


def _names(code: _Code) -> Iterator[tuple[Sort, str]]:
    text = code.text
    for host in _HOST.findall(text):
        if not _NO_HOST.search(host.lower()) and not host.replace(".", "").isdigit():
            yield Sort.HOST, host.lower()
    for pattern in _ENV:
        for met in pattern.finditer(text):
            yield Sort.ENV, next(filter(None, met.groups()))
    yield from ((Sort.PATH, path) for path in _paths(text))
    for pattern in _PROGRAMS:
        yield from ((Sort.BINARY, name) for name in pattern.findall(text))
    if code.is_shell:
        yield from ((Sort.BINARY, name) for name in shell_words.programs(text))
        yield from ((Sort.ENV, name) for name in shell_words.variables(text))


def _paths(text: str) -> Iterator[str]:
    yield from (f"~{path}" for path in _HOME.findall(text))
    yield from _ROOTED.findall(text)
    for pattern in _JOINED:
        for parts in pattern.findall(text):
            yield "/".join(["~", *_QUOTED.findall(parts)])
