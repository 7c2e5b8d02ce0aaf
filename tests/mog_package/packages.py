"""Valid packages of every type, as trees in memory, on disk and in zips."""

import io
from collections.abc import Mapping
from pathlib import Path

from mog_package import PackageType, Problem, open_archive, tree, validate
from mog_package.errors import PackageError
from mog_package.rules import Rule
from tests.mog_package.forger import Forger

SKILL = b"---\nname: pdf-tools\ndescription: Reads PDFs.\n---\n\n# PDF tools\n"
SERVER = "server:\n  transport: stdio\n  command: python3\n  args: ['{dir}/server.py']\n"

# A picture of one transparent pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364600000000600023081d02f0000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'


class MemoryTree:
    """Files in memory that keep the promises of a tree."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    @property
    def paths(self) -> tuple[str, ...]:
        return tree.in_order(self.files)

    def read(self, path: str) -> bytes:
        return self.files[path]


def manifest(kind: PackageType = PackageType.SKILL, *, more: str = "") -> bytes:
    """Write a manifest with what is required and `more`."""
    server = SERVER if kind is PackageType.MCP and "server:" not in more else ""
    return (
        f"name: acme/pdf-tools\nversion: 1.0.0\ntype: {kind}\ndescription: Reads PDFs.\n"
        f"{server}{more}"
    ).encode()


def files(kind: PackageType = PackageType.SKILL, *, more: str = "") -> dict[str, bytes]:
    """Return the files of a valid package of a type."""
    content = {
        PackageType.SKILL: {"content/SKILL.md": SKILL},
        PackageType.MCP: {"content/server.py": b"print('served')\n"},
    }.get(kind, {"content/rule.md": b"# Be kind\n"})
    return {"mog.yaml": manifest(kind, more=more), "README.md": b"# PDF tools\n", **content}


def complete() -> dict[str, bytes]:
    """Return the files of a skill in which nothing is amiss: no scan has anything to say of it."""
    words = b"Read the text of every page, in order, and keep tables as tables. " * 4 + b"\n"
    skill = SKILL.replace(b"Reads PDFs.", b"Reads PDFs. Use it for every PDF.") + b"\n" + words
    more = "keywords: [pdf]\n"
    return {
        "LICENSE": b"MIT License\n",
        "README.md": b"# PDF tools\n\n" + words,
        "content/SKILL.md": skill,
        "mog.yaml": manifest(more=more).replace(
            b"Reads PDFs.", b"Reads, splits and fills PDFs on any computer."
        ),
    }


def write(folder: Path, contents: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    for path, data in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder


def zipped(contents: Mapping[str, bytes], *, top: str = "") -> io.BytesIO:
    """Put files into a zip, in the order they come."""
    forger = Forger()
    for path, data in contents.items():
        forger.add(top + path, data)
    return io.BytesIO(forger.bytes())


def problems(contents: Mapping[str, bytes]) -> list[Problem]:
    """Return what is wrong with a package, in a zip; nothing when it is valid."""
    try:
        validate(open_archive(zipped(contents)))
    except PackageError as error:
        return list(error.problems)
    return []


def rules(contents: Mapping[str, bytes]) -> list[tuple[Rule, str]]:
    """Return the rules that a package breaks, with the paths."""
    return [(problem.rule, problem.path) for problem in problems(contents)]
