"""A migrated SQLite database, kept from one run to the next: to migrate an empty one takes long."""

import hashlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.apps import apps

_ROOT = Path(__file__).resolve().parent.parent
_PINNED = _ROOT / "requirements" / "server.txt"


def lay_out(database: Path, *, from_folder: Path) -> bool:
    """Copy what the code of today has migrated before; answer whether there was any."""
    try:
        shutil.copyfile(_kept(from_folder), database)
    except FileNotFoundError:
        return False
    return True


def keep(database: Path, *, in_folder: Path) -> None:
    """Keep a copy of a database that was just migrated, and none of those of other code."""
    kept = _kept(in_folder)
    with tempfile.TemporaryDirectory(dir=in_folder) as folder:
        copy = Path(folder, kept.name)
        # Through SQLite: what was written last may still stand in a file beside the database.
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        # Workers of one run keep the same, one after the other.
        copy.replace(kept)
    for other in set(in_folder.glob("*.sqlite3")) - {kept}:
        other.unlink(missing_ok=True)


def _kept(folder: Path) -> Path:
    """Name a copy for everything that its content follows from."""
    digest = hashlib.sha256(f"{sys.version} {sqlite3.sqlite_version}".encode())
    for source in (_PINNED, *_sources()):
        digest.update(f"{source.relative_to(_ROOT)}\n".encode() + source.read_bytes())
    return folder / f"{digest.hexdigest()[:32]}.sqlite3"


def _sources() -> Iterator[Path]:
    """Yield all code of our apps: migrations import from it, and rows are made from models."""
    for app in apps.get_app_configs():
        if Path(app.path).parent == _ROOT:
            for folder, _, files in sorted(os.walk(app.path)):
                yield from (Path(folder, name) for name in sorted(files) if name.endswith(".py"))
