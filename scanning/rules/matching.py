"""Meet pattern rules in bytes, in time linear in their length (RE2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import re2

from scanning.rules import predicates
from scanning.rules.pattern_rule import PatternRule
from scanning.rules.placeholders import is_placeholder
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting

# More of the same in one file tells nobody anything new.
_SIGHTINGS_OF_A_RULE = 20
# So many placeholders of one shape are no documentation; looking at all would take for ever.
_CANDIDATES_OF_A_RULE = 2_000
CROWDED = Rule(
    id="secret/crowded-file",
    category=Category.SECRET,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    advice="This file holds thousands of texts that look like secrets. Shorten it.",
    source="docs/scanning.md",
)


class BrokenRule(ValueError):
    """A pattern that RE2 does not take; names the rule."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: PatternRule
    pattern: Any
    markers: tuple[bytes, ...]


class Matcher:
    """Rules made ready, in their order: what an earlier one has met is its alone."""

    def __init__(self, rules: Iterable[PatternRule]) -> None:
        """Compile every pattern; raises BrokenRule."""
        self._compiled = [_compile(rule) for rule in rules]

    def sightings(self, path: str, data: bytes) -> Iterator[Sighting]:
        """Yield what rules meet in some bytes of a file."""
        lower = data.lower()
        taken: list[tuple[int, int]] = []
        for each in self._compiled:
            if not _may_match(each, path, lower):
                continue
            for rule_id, start, end in _spans(each, data, taken):
                # Secrets are told once, by the rule that knows them best.
                if each.rule.rule.category is Category.SECRET:
                    taken.append((start, end))
                yield Sighting(rule_id=rule_id, start=start, end=end, matched=data[start:end])

    def everywhere(self, path: str, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield each place that any rule meets, however often; where one is crowded, all the rest.

        Places of several rules may overlap.
        """
        lower = data.lower()
        for each in self._compiled:
            if _may_match(each, path, lower):
                yield from _all_spans(each, data)


def _compile(rule: PatternRule) -> _Compiled:
    options = re2.Options()
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    try:
        pattern = re2.compile(rule.pattern.encode(), options)
    except re2.error as error:
        raise BrokenRule(f"{rule.rule.id}: {error}") from None
    return _Compiled(rule, pattern, tuple(marker.encode() for marker in rule.markers))


def _may_match(each: _Compiled, path: str, lower: bytes) -> bool:
    endings = each.rule.endings
    if endings and not path.lower().endswith(endings):
        return False
    return not each.markers or any(marker in lower for marker in each.markers)


def _spans(
    each: _Compiled, data: bytes, taken: list[tuple[int, int]]
) -> Iterator[tuple[str, int, int]]:
    """Yield rule and place of what one rule meets."""
    group = 1 if each.pattern.groups else 0
    found = 0
    for number, match in enumerate(each.pattern.finditer(data)):
        start, end = match.span(group)
        if number == _CANDIDATES_OF_A_RULE:
            if each.rule.rule.category is Category.SECRET:
                yield CROWDED.id, start, end
            return
        if _is_taken(start, end, taken) or not _is_real(each.rule, data[start:end]):
            continue
        yield each.rule.rule.id, start, end
        found += 1
        if found == _SIGHTINGS_OF_A_RULE:
            return


def _all_spans(each: _Compiled, data: bytes) -> Iterator[tuple[int, int]]:
    group = 1 if each.pattern.groups else 0
    for number, match in enumerate(each.pattern.finditer(data)):
        start, end = match.span(group)
        if number == _CANDIDATES_OF_A_RULE:
            yield start, len(data)
            return
        if _is_real(each.rule, data[start:end]):
            yield start, end


def _is_taken(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def _is_real(rule: PatternRule, met: bytes) -> bool:
    if not rule.keeps_placeholders and is_placeholder(met):
        return False
    return not rule.predicate or predicates.BY_NAME[rule.predicate](met)
