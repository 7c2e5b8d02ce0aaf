"""Typed readers of environment variables that fail loudly.

Every reader also accepts `NAME_FILE`, a path whose content is the value: for mounted secrets.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import overload

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


@overload
def text(name: str) -> str: ...
@overload
def text(name: str, default: str) -> str: ...
@overload
def text(name: str, default: None) -> str | None: ...
def text(name: str, default: str | None = "") -> str | None:
    """Return the value of `name`, or of the file that `NAME_FILE` names, or the default.

    Raises ImproperlyConfigured when both are set or the file cannot be read.
    """
    value, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and path is not None:
        raise ImproperlyConfigured(f"set {name} or {name}_FILE, not both")
    if path is None:
        return default if value is None else value
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {path}: {error.strerror}") from error


def flag(name: str, *, default: bool) -> bool:
    """Return a boolean; raises ImproperlyConfigured for anything that is not clearly one."""
    value = text(name, None)
    if value is None:
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def integer(name: str, default: int) -> int:
    """Return a whole number; raises ImproperlyConfigured for anything else."""
    value = text(name, None)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error


def seconds(name: str, default: timedelta) -> timedelta:
    """Return a duration given in whole seconds."""
    return timedelta(seconds=integer(name, int(default.total_seconds())))


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts of `name`, trimmed, empty ones dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def path(name: str, default: Path) -> Path:
    """Return an absolute path; `~` stands for the home folder."""
    value = text(name, None)
    return Path(value).expanduser().resolve() if value else default
