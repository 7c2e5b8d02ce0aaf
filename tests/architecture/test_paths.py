"""No tracked file names a path of one machine."""

import re
import subprocess
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# Homes and check-outs; `/tmp` and `/var/run` are everybody's.
_MACHINE = re.compile(rb"(?<![\w.])/(?:home/[a-z]|Users/[A-Z]|work/|root/)")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, check=True
    ).stdout
    return [_ROOT / name.decode() for name in listed.split(b"\0") if name]


def test_no_file_knows_where_it_was_written() -> None:
    known = [
        (str(file.relative_to(_ROOT)), found[0].decode())
        for file in _tracked()
        if file != Path(__file__) and file.is_file()
        for content in [file.read_bytes()]
        for found in _MACHINE.finditer(content)
    ]
    assert known == []
