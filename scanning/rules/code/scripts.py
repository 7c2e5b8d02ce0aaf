"""The programs of a package, wherever they stand, for checks that read it as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from mog_package import Package
from scanning.rules import programs
from scanning.rules.rule import Remark, Rule
from scanning.rules.scanned_file import ScannedFile

_ENDINGS = (".js", ".ts", ".mjs", ".cjs", ".tsx", ".sh", ".rb", ".go", ".php", ".txt")
_FILE_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Script:
    """A program, the file it stands in, and the line of the file on which it begins."""

    path: str
    first_line: int
    data: bytes

    def remark(self, rule: Rule, place: int, matched: bytes) -> Remark:
        """Say what a rule has met at a place in the program."""
        return Remark(
            rule_id=rule.id,
            path=self.path,
            line=self.first_line + self.data.count(b"\n", 0, place),
            matched=matched,
            excerpt=matched.decode(errors="replace"),
        )


def of(package: Package) -> Iterator[Script]:
    """Yield scripts, and what texts have in code blocks; no file that is very long."""
    for entry in package.files:
        file = ScannedFile(entry.path, package.tree.read(entry.path))
        if not file.is_text or len(file.data) > _FILE_BYTES:
            continue
        if file.is_script or file.path.endswith(_ENDINGS):
            yield Script(file.path, 1, file.data)
        else:
            for block in programs.of(file.path, file.data):
                yield Script(file.path, block.lines[0] if block.lines else 1, block.text.encode())
