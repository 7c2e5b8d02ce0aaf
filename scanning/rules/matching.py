"""Meet pattern rules in bytes, in time linear in their length (RE2)."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import re2

from scanning.rules import linear, predicates
from scanning.rules.pattern_rule import PatternRule
from scanning.rules.placeholders import is_placeholder
from scanning.rules.rule import Category, Confidence, Rule, Severity, Sighting
from scanning.rules.text_places import MOST_OF_A_RULE

# So many placeholders of one shape are no documentation; looking at all would take for ever, and
# so would looking at every byte of one that fills a file.
_CANDIDATES_OF_A_RULE = 2_000
_LOOKED_AT = 2_048
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


class _Prepared:
    """A rule, and its pattern once somebody asked for it."""

    def __init__(self, rule: PatternRule) -> None:
        self.rule = rule

    @cached_property
    def pattern(self) -> Any:
        """Return the compiled pattern; raises BrokenRule."""
        try:
            return linear.compiled(self.rule.pattern)
        except re2.error as error:
            raise BrokenRule(f"{self.rule.rule.id}: {error}") from None

    def reads(self, path: str) -> bool:
        """Tell whether it looks into files of such a name."""
        endings = self.rule.endings
        return not endings or path.lower().endswith(endings)


class _Markers:
    """All markers of all rules, found in one pass over a text (about 3 ms per megabyte)."""

    def __init__(self, rules: Sequence[PatternRule]) -> None:
        self._everywhere = [n for n, rule in enumerate(rules) if not rule.markers]
        self._of_marker: list[list[int]] = []
        self._set = re2.Set.SearchSet(linear.options())
        for marker, numbers in _by_marker(rules).items():
            self._set.Add(re2.escape(marker.encode()))
            self._of_marker.append(numbers)
        # The empty text is in every text: without it, the search itself has failed.
        self._sentinel = self._set.Add(b"")
        self._set.Compile()
        self._all = range(len(rules))

    def rules_for(self, data: bytes) -> Iterable[int]:
        """Return the numbers of the rules that may meet something, in their order."""
        met = self._set.Match(data.lower())
        if self._sentinel not in met:
            return self._all
        numbers = {n for each in met if each != self._sentinel for n in self._of_marker[each]}
        return sorted(numbers.union(self._everywhere))


class Matcher:
    """Rules made ready, in their order: what an earlier one has met is its alone."""

    def __init__(self, rules: Iterable[PatternRule]) -> None:
        """Take rules; their patterns are compiled when a text may have something for them."""
        self._rules = [_Prepared(rule) for rule in rules]
        self._markers = _Markers([each.rule for each in self._rules])

    def check(self) -> None:
        """Compile every pattern; raises BrokenRule."""
        for each in self._rules:
            _ = each.pattern

    def sightings(
        self, path: str, data: bytes, *, without: Container[str] = ()
    ) -> Iterator[Sighting]:
        """Yield what rules meet in some bytes of a file, but for those that are named."""
        taken = _Places()
        for each in self._candidates(path, data):
            if each.rule.rule.id in without:
                continue
            for rule_id, start, end in _spans(each, data, taken):
                # Secrets are told once, by the rule that knows them best.
                if each.rule.rule.category is Category.SECRET:
                    taken.add(start, end)
                yield Sighting(rule_id=rule_id, start=start, end=end, matched=data[start:end])

    def everywhere(self, path: str, data: bytes) -> Iterator[tuple[int, int]]:
        """Yield each place that any rule meets, however often; where one is crowded, all the rest.

        Places of several rules may overlap.
        """
        for each in self._candidates(path, data):
            yield from _all_spans(each, data)

    def _candidates(self, path: str, data: bytes) -> Iterator[_Prepared]:
        """Yield the rules that may meet something."""
        for number in self._markers.rules_for(data):
            if self._rules[number].reads(path):
                yield self._rules[number]


def _by_marker(rules: Sequence[PatternRule]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        for marker in rule.markers:
            numbers.setdefault(marker, []).append(number)
    return numbers


def _spans(each: _Prepared, data: bytes, taken: "_Places") -> Iterator[tuple[str, int, int]]:
    """Yield rule and place of what one rule meets."""
    group = 1 if each.pattern.groups else 0
    found = 0
    for number, match in enumerate(each.pattern.finditer(data)):
        start, end = match.span(group)
        if number == _CANDIDATES_OF_A_RULE:
            if each.rule.rule.category is Category.SECRET:
                yield CROWDED.id, start, end
            return
        if taken.touch(start, end) or not _is_real(each.rule, data[start:end]):
            continue
        yield each.rule.rule.id, start, end
        found += 1
        if found == MOST_OF_A_RULE:
            return


def _all_spans(each: _Prepared, data: bytes) -> Iterator[tuple[int, int]]:
    group = 1 if each.pattern.groups else 0
    for number, match in enumerate(each.pattern.finditer(data)):
        start, end = match.span(group)
        if number == _CANDIDATES_OF_A_RULE:
            yield start, len(data)
            return
        if _is_real(each.rule, data[start:end]):
            yield start, end


class _Places:
    """Places of a text, none of which touches another, in their order."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> None:
        """Add one that touches none."""
        at = bisect_left(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)

    def touch(self, start: int, end: int) -> bool:
        """Tell whether one of them shares a byte with this one."""
        # The last that begins before this one ends; those before it end before it begins.
        at = bisect_left(self._starts, end) - 1
        return at >= 0 and self._ends[at] > start


def _is_real(rule: PatternRule, met: bytes) -> bool:
    met = met[:_LOOKED_AT]
    if not rule.keeps_placeholders and is_placeholder(met):
        return False
    return not rule.predicate or predicates.BY_NAME[rule.predicate](met)
