"""What is in a folder, to compare before and after."""

import os
from pathlib import Path


def of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, but for what mog keeps for itself."""
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if relative.parts[0] != ".mog" and (path.is_file() or path.is_symlink()):
            content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            found[relative.as_posix()] = content
    return found


def leftovers(project: Path) -> list[str]:
    """Return what mog has left in its own folder besides what always stands there."""
    expected = {"lock", "tmp", ".gitignore"}
    state = project / ".mog"
    found = {path.relative_to(state).as_posix() for path in state.rglob("*")}
    return sorted(found - expected)
