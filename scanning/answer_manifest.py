"""Read the manifest in a child's answer, as strictly as the rest."""

from collections.abc import Mapping
from typing import Any

from mog_package import PackageType, Target, Transport, Version
from scanning.answer_values import flag, long_text, optional, record, several, text

_KEYS = (
    *("name", "version", "type", "description", "targets", "installMap", "entrypoint"),
    *("requiresTools", "license", "keywords", "readme", "executable", "runsCode", "server"),
)


def read(value: Any) -> Mapping[str, Any]:
    """Return the manifest with exactly its keys; raises ValueError, TypeError, InvalidVersion."""
    given = record(value, *_KEYS)
    return {
        "name": text(given["name"]),
        "version": str(Version.parse(text(given["version"]))),
        "type": str(PackageType(given["type"])),
        "description": long_text(given["description"]),
        "targets": list(several(given["targets"], _target)),
        "installMap": _install_map(given["installMap"]),
        "entrypoint": optional(given["entrypoint"], text),
        "requiresTools": list(several(given["requiresTools"], text)),
        "license": text(given["license"]),
        "keywords": list(several(given["keywords"], text)),
        "readme": text(given["readme"]),
        "executable": flag(given["executable"]),
        "runsCode": flag(given["runsCode"]),
        "server": optional(given["server"], _server),
    }


def _target(value: Any) -> str:
    return str(Target(value))


def _install_map(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("expected a mapping")
    return {_target(target): text(path) for target, path in value.items()}


def _server(value: Any) -> dict[str, Any]:
    given = record(value, "transport", "command", "args", "url", "env")
    return {
        "transport": str(Transport(given["transport"])),
        "command": text(given["command"]),
        "args": list(several(given["args"], long_text)),
        "url": long_text(given["url"]),
        "env": list(several(given["env"], _variable)),
    }


def _variable(value: Any) -> dict[str, Any]:
    given = record(value, "name", "description", "required", "secret", "default")
    return {
        "name": text(given["name"]),
        "description": long_text(given["description"]),
        "required": flag(given["required"]),
        "secret": flag(given["secret"]),
        "default": optional(given["default"], long_text),
    }
