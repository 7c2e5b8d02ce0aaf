"""A program of the sandbox that has something to prepare."""

from pathlib import Path
from typing import Any


def prepare(request: dict[str, Any]) -> list[str]:
    """Return what children work on."""
    return [request["word"], Path("name").read_text()]


def run(words: list[str]) -> str:
    """Answer what was prepared, and spoil it for whoever would share it."""
    answer = " ".join(words)
    words.clear()
    return answer
