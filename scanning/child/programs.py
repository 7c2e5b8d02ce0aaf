"""The programs that stand in a text, as one text of their own to read as a script is read."""

from array import array

import re2

from scanning.child.views import View
from scanning.rules import programs
from scanning.rules.scanned_file import ScannedFile

# What reaches out, runs something or listens: a program without has nothing to say to any rule that
# is about programs, and most examples are such.
_DOES_SOMETHING = re2.compile(
    rb"(?i)https?:|wss?://|curl|wget|fetch\(|request|socket|exec|eval|spawn|popen|system\(|subprocess"
    rb"|invoke-|\biwr\b|\birm\b|\biex\b|webhook|smtp|\bnc\b|clipboard|pbpaste|crontab|launchctl"
    rb"|systemctl|schtasks|\breg add|set-mppreference|\brm -|unlink|chmod|ctypes|winreg"
    rb"|keychain|open\("
)


def of(file: ScannedFile) -> View | None:
    """Return all programs of a file in one, or nothing where there is none that does anything."""
    if not file.is_text or file.is_script:
        return None
    parts: list[bytes] = []
    lines = array("I")
    for block in programs.of(file.path, file.data):
        parts.append(block.text.encode())
        lines.extend(block.lines)
    data = b"\n".join(parts)
    if not _DOES_SOMETHING.search(data):
        return None
    return View(data=data, is_program=True, lines=lines, ends=lines)
