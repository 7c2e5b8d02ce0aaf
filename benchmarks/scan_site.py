"""A site of its own for one measurement: an empty database that goes with it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """Lend the environment of a site that stands on a database of this moment."""
    with TemporaryDirectory(prefix="mog-bench-") as folder:
        database = Path(folder, "mog.sqlite3")
        variables = os.environ | {"DATABASE_URL": f"sqlite:///{database}"}
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(command, env=variables, check=True)  # noqa: S603 (ours)
        yield variables
