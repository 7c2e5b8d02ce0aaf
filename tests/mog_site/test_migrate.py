"""Migrating on a fresh machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.processes
def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "mog.sqlite3"
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_OWNER_URL", "REDIS_URL"}}
    result = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=_ROOT,
        env=kept
        | {
            "DATABASE_URL": f"sqlite:///{file}",
            "MOG_VAR_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "mog_site.settings",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert file.exists()
