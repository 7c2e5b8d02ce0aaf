"""Computers with `mog`: a home of their own, and the command as a process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent


class Laptop:
    """A computer with `mog`, and a project that it works in."""

    def __init__(self, home: Path, base_url: str) -> None:
        self.project = home / "project"
        self.project.mkdir(parents=True)
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "MOG_TOKEN"},
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "MOG_API_URL": base_url,
            "PYTHONPATH": str(_ROOT),
        }

    @contextmanager
    def signing_in(self, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """Start to sign in; yields the waiting process and the code it shows."""
        process = self.start("auth", *options)
        assert process.stderr is not None
        event = json.loads(process.stderr.readline())
        try:
            yield process, event["userCode"]
        finally:
            process.kill()
            process.communicate()

    def mog(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Run a command in the project; returns exit code and answer."""
        return finish(self.start(*arguments))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in the project."""
        return subprocess.Popen(
            [sys.executable, "-m", "mog_cli", "--json", *arguments],
            cwd=self.project,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def use_token(self, secret: str) -> None:
        """Work with a token instead of signing in."""
        self._environment["MOG_TOKEN"] = secret


def finish(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Wait for the end of a process; returns exit code and answer."""
    out, _ = process.communicate(timeout=120)
    return process.returncode, json.loads(out)
