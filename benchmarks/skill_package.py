"""Make a package of a bare skill, so that its contents are judged and not its form.

Scripts go to `content/scripts/` and the manifest says so; what the format does not know is kept as
text under a longer name, or left out where it is none; front matter that breaks the rules gives
way to a minimal one above the same words. What had to give way is told.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mog_package import read_skill
from mog_package.errors import PackageError
from mog_package.file_types import (
    IMAGES,
    LICENCES,
    SCRIPTS,
    SVG,
    TEXT,
    bytes_problem,
    is_script,
)
from mog_package.limits import UPLOAD
from mog_package.tree import is_ignored

_SKILL = "SKILL.md"
_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_PLAIN_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class SkillPackage:
    """The files of a package by path; `adapted` names what its skill had in another form."""

    name: str
    files: Mapping[str, bytes]
    adapted: tuple[str, ...]

    @property
    def own_files(self) -> int:
        """How many of the files are the skill's; two are written here."""
        return len(self.files) - 2

    def zipped(self) -> bytes:
        """Return the upload."""
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for path, data in self.files.items():
                archive.writestr(path, data)
        return output.getvalue()


def of(folder: Path) -> SkillPackage:
    """Wrap the skill of a folder."""
    adapted: list[str] = []
    content: dict[str, bytes] = {}
    for path, data in _files(folder):
        place = _place(path, data)
        if place != path.as_posix():
            adapted.append(path.as_posix())
        if place:
            content[f"content/{place}"] = data
    skill = f"content/{_SKILL}"
    name, content[skill] = _readable(content[skill], _plain(folder.name))
    if content[skill] != (folder / _SKILL).read_bytes():
        adapted.append(_SKILL)
    files = {"mog.yaml": _manifest(name, content), "README.md": f"# {name}\n".encode()}
    return SkillPackage(name, files | content, tuple(adapted))


def _files(folder: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    for file in sorted(folder.rglob("*")):
        path = PurePosixPath(file.relative_to(folder).as_posix())
        if file.is_file() and not is_ignored(path.as_posix()):
            yield path, file.read_bytes()


def _place(path: PurePosixPath, data: bytes) -> str:
    """Return where a file goes below `content/`; "" for what no package can hold."""
    parts = [_FORBIDDEN.sub("-", part.lstrip(".")).rstrip(". ") or "-" for part in path.parts]
    place = "/".join(parts)
    if not _is_known(place):
        place += ".sh" if data.startswith(b"#!") else ".txt"
    elif data.startswith(b"#!") and not is_script(place):
        place += ".sh"
    if is_script(place) and not place.startswith("scripts/"):
        place = f"scripts/{place}"
    if place.lower().endswith(SVG) and bytes_problem(place, data):
        # The format refuses drawings that run something; what they say is judged all the same.
        place += ".txt"
    is_refused = len(data) > UPLOAD.file_bytes or bytes_problem(place, data) is not None
    return "" if is_refused else place


def _is_known(place: str) -> bool:
    name = PurePosixPath(place)
    return name.suffix.lower() in {*TEXT, *IMAGES, *SCRIPTS, SVG} or name.name in LICENCES


def _readable(data: bytes, name: str) -> tuple[str, bytes]:
    """Return the name of a skill and its text, which begins with front matter of good form."""
    try:
        read = read_skill(data)
    except PackageError:
        head = f"---\nname: {name}\ndescription: Not in form.\n---\n".encode()
        return name, head + data.replace(b"---", b"- -", 1)
    return _plain(read.name), data


def _plain(text: str) -> str:
    return _PLAIN_NAME.sub("-", text.lower()).strip("-")[:60].strip("-") or "skill"


def _manifest(name: str, content: Mapping[str, bytes]) -> bytes:
    lines = [f"name: acme/{name}", "version: 1.0.0", "type: skill", "description: Measured."]
    if any(is_script(path) for path in content):
        lines.append("executable: true")
    return "\n".join([*lines, ""]).encode()
