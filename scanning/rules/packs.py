"""Rules that stand in YAML files: the open ones, and an operator's own, which nobody else sees.

A file holds one rule or a list of rules; `docs/scanning.md` describes the keys.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scanning.rules import predicates, vocabulary
from scanning.rules.pattern_rule import PatternRule
from scanning.rules.rule import ID, Category, Confidence, Rule, Severity
from scanning.rules.yara_rule import YaraRule

_NEEDED = frozenset({"id", "severity", "confidence", "advice"})
_KINDS = frozenset({"pattern", "yara"})
_OPTIONAL = frozenset({"source", "enabled", "enforced", "malicious", "positive", "negative"})
_OF_PATTERNS = frozenset({"markers", "check", "placeholders", "files"})
_OPERATOR = "operator"
_LONGEST = 20_000
# Written in C where it can be had: a start of the server reads hundreds of files.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BrokenPack(ValueError):
    """A pack that cannot be used; says the file and what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedRule:
    """A rule of a pack, by one of its two kinds, and texts that it must and must not meet."""

    rule: Rule
    pattern: PatternRule | None
    yara: YaraRule | None
    is_enabled: bool
    positive: tuple[str, ...]
    negative: tuple[str, ...]


def load(folder: Path) -> tuple[PackedRule, ...]:
    """Read every pack below a folder, in the order of their paths; raises BrokenPack."""
    if not folder.is_dir():
        raise BrokenPack(f"{folder} is no folder")
    files = sorted(file for file in folder.rglob("*") if file.suffix in {".yaml", ".yml"})
    rules = [rule for file in files for rule in _read(file)]
    names = [each.rule.id for each in rules]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BrokenPack(f"{folder}: {', '.join(sorted(twice))} stands twice")
    return tuple(rules)


def _read(file: Path) -> list[PackedRule]:
    try:
        return list(_rules(yaml.load(file.read_bytes(), _Loader)))  # noqa: S506 (a safe one)
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise BrokenPack(f"{file}: {error}") from error


def _rules(content: Any) -> Iterator[PackedRule]:
    entries = [content] if isinstance(content, dict) else content
    if not isinstance(entries, list):
        raise TypeError("it must be a rule or a list of rules")
    for entry in entries:
        yield _rule(entry)


def _rule(entry: Any) -> PackedRule:
    if not isinstance(entry, dict):
        raise TypeError("a rule is a mapping")
    _check_keys(set(entry))
    rule = _graded(entry)
    return PackedRule(
        rule=rule,
        pattern=_pattern(entry, rule) if "pattern" in entry else None,
        yara=_condition(entry, rule) if "yara" in entry else None,
        is_enabled=_flag(entry, "enabled", default=True),
        positive=_texts(entry, "positive"),
        negative=_texts(entry, "negative"),
    )


def _check_keys(given: set[Any]) -> None:
    kinds = given & _KINDS
    allowed = _NEEDED | _OPTIONAL | kinds | (_OF_PATTERNS if "pattern" in kinds else frozenset())
    if len(kinds) != 1:
        raise ValueError("a rule has either pattern or yara")
    if missing := _NEEDED - given:
        raise ValueError(f"it lacks {', '.join(sorted(missing))}")
    if unknown := given - allowed:
        raise ValueError(f"it has {', '.join(sorted(map(str, unknown)))}, which means nothing")


def _graded(entry: Mapping[str, Any]) -> Rule:
    rule_id = _text(entry["id"])
    if not ID.fullmatch(rule_id):
        raise ValueError("the id must be category/name, in lowercase words with hyphens")
    return Rule(
        id=rule_id,
        category=Category(rule_id.partition("/")[0]),
        severity=Severity(entry["severity"]),
        confidence=Confidence(entry["confidence"]),
        advice=_text(entry["advice"]),
        source=_text(entry.get("source", _OPERATOR)),
        is_enforced=_flag(entry, "enforced", default=True),
        is_malicious=_flag(entry, "malicious", default=False),
    )


def _condition(entry: Mapping[str, Any], rule: Rule) -> YaraRule:
    return YaraRule(rule, vocabulary.spelled_out(_text(entry["yara"])))


def _pattern(entry: Mapping[str, Any], rule: Rule) -> PatternRule:
    predicate = _text(entry["check"]) if "check" in entry else ""
    if predicate and predicate not in predicates.BY_NAME:
        raise ValueError(f"there is no check named {predicate}")
    # What documentation writes in place of a secret is none; of other things it is as bad.
    keeps = "keep" if rule.category is not Category.SECRET else "drop"
    placeholders = entry.get("placeholders", keeps)
    if placeholders not in {"keep", "drop"}:
        raise ValueError("placeholders: keep or drop")
    return PatternRule(
        rule=rule,
        pattern=_text(entry["pattern"]),
        markers=tuple(marker.lower() for marker in _texts(entry, "markers")),
        predicate=predicate,
        keeps_placeholders=placeholders == "keep",
        endings=tuple(ending.lower() for ending in _texts(entry, "files")),
    )


def _flag(entry: Mapping[str, Any], key: str, *, default: bool) -> bool:
    value = entry.get(key, default)
    if not isinstance(value, bool):
        raise TypeError(f"{key}: true or false")
    return value


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values: Sequence[Any] = entry.get(key, ())
    if isinstance(values, str) or not isinstance(values, (list, tuple)):
        raise TypeError(f"{key}: a list was expected")
    return tuple(_text(value) for value in values)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise TypeError(f"a text of {_LONGEST:,} characters at most was expected")
    return value
