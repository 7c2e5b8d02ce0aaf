"""The operator's own rules: YAML files that nobody else sees.

A file is a list of mappings with `id`, `pattern`, `effect`, `severity`, `category`, `advice` and
optionally `markers`, as in `scanning/rules/secrets/secret_rule.py`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from scanning.rules.rule import ID, Category, Effect, Rule, Severity
from scanning.rules.secrets.secret_rule import SecretRule

_NEEDED = frozenset({"id", "pattern", "effect", "severity", "category", "advice"})
_PRIVATE = "operator"


class BrokenPack(ValueError):
    """A pack that cannot be used; says the file and what is wrong with it."""


def load(folder: Path) -> tuple[SecretRule, ...]:
    """Read every pack of a folder, in the order of their names; raises BrokenPack."""
    if not folder.is_dir():
        raise BrokenPack(f"{folder} is no folder")
    files = sorted(file for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    rules = [rule for file in files for rule in _read(file)]
    names = [each.rule.id for each in rules]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BrokenPack(f"{folder}: {', '.join(sorted(twice))} stands twice")
    return tuple(rules)


def to_plain(rule: SecretRule) -> dict[str, Any]:
    """Return a rule as values that JSON can carry."""
    return {
        "id": rule.rule.id,
        "category": str(rule.rule.category),
        "severity": str(rule.rule.severity),
        "effect": str(rule.rule.effect),
        "advice": rule.rule.advice,
        "pattern": rule.pattern,
        "markers": list(rule.markers),
    }


def from_plain(plain: Mapping[str, Any]) -> SecretRule:
    """Return the rule of plain values; raises ValueError, KeyError or TypeError."""
    rule = Rule(
        id=_text(plain["id"]),
        category=Category(plain["category"]),
        severity=Severity(plain["severity"]),
        effect=Effect(plain["effect"]),
        advice=_text(plain["advice"]),
    )
    if not ID.fullmatch(rule.id) or not rule.id.startswith(f"{rule.category}/"):
        raise ValueError(f"the id must be {rule.category}/ and lowercase words with hyphens")
    markers = tuple(_text(marker).lower() for marker in plain.get("markers", ()))
    return SecretRule(rule, _text(plain["pattern"]), markers, _PRIVATE)


def _read(file: Path) -> list[SecretRule]:
    try:
        entries = yaml.safe_load(file.read_bytes())
        if not isinstance(entries, list):
            raise TypeError("it must be a list of rules")
        return [_read_one(entry) for entry in entries]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise BrokenPack(f"{file}: {error}") from error


def _read_one(entry: Any) -> SecretRule:
    if not isinstance(entry, dict) or not _NEEDED <= set(entry) <= _NEEDED | {"markers"}:
        raise ValueError(f"a rule has {', '.join(sorted(_NEEDED))} and perhaps markers")
    return from_plain(entry)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 2000:
        raise TypeError("a text of 2,000 characters at most was expected")
    return value
