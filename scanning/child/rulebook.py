"""The rules that a child was given, made ready."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanning.rules.matching import CROWDED, Matcher
from scanning.rules.pattern_rule import from_plain
from scanning.rules.rule import Category
from scanning.rules.yara_rule import YaraScanner
from scanning.verdicts import Effect

COMPILED_YARA = "rules.yarx"


class Rulebook:
    """What is in force: every rule by its effect, and those that are data."""

    def __init__(self, request: Mapping[str, Any], compiled: Path = Path(COMPILED_YARA)) -> None:
        """Read `effects` (by rule id), `patterns` and `yara` (rule id by identifier)."""
        self._effects = {name: Effect(effect) for name, effect in request["effects"].items()}
        self.matcher = Matcher(map(from_plain, request["patterns"]))
        self.scanner = YaraScanner(compiled.read_bytes(), request["yara"])

    def knows(self, rule_id: str) -> bool:
        """Tell whether a rule is in force."""
        return rule_id in self._effects

    def effect(self, rule_id: str) -> Effect:
        """Return what a hit of a rule does."""
        return self._effects[rule_id]


def is_secret(rule_id: str) -> bool:
    """Tell whether what a rule meets must never be shown."""
    return rule_id.startswith(f"{Category.SECRET}/") or rule_id == CROWDED.id
