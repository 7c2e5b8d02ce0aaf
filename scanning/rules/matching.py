"""Find secrets in the bytes of a file, in time linear in their length (RE2)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import re2

from scanning.rules.rule import Category, Effect, Hit, Rule, Severity
from scanning.rules.secrets import (
    clouds,
    code_hosts,
    commerce,
    generic,
    keys,
    messengers,
    models,
)
from scanning.rules.secrets.examples import is_example
from scanning.rules.secrets.secret_rule import SecretRule

OPEN_RULES: tuple[SecretRule, ...] = (
    *code_hosts.RULES,
    *clouds.RULES,
    *models.RULES,
    *messengers.RULES,
    *commerce.RULES,
    *keys.RULES,
    *generic.RULES,
)
# More of the same in one file tells nobody anything new.
_HITS_OF_A_RULE = 20
# So many examples of one shape are no documentation; looking at all would take for ever.
_CANDIDATES_OF_A_RULE = 2_000
CROWDED = Rule(
    "secret/crowded-file",
    Category.SECRET,
    Severity.MEDIUM,
    Effect.REVIEW,
    "This file holds thousands of texts that look like secrets. Shorten it.",
)


class BrokenRule(ValueError):
    """A pattern that RE2 does not take; names the rule."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: SecretRule
    pattern: Any
    markers: tuple[bytes, ...]


class Matcher:
    """Rules made ready; those that block go first, and what they have met is theirs alone."""

    def __init__(self, rules: Iterable[SecretRule]) -> None:
        """Compile every pattern; raises BrokenRule."""
        ordered = sorted(rules, key=lambda each: each.rule.effect is not Effect.BLOCK)
        self._compiled = [_compile(rule) for rule in ordered]
        blocking = (each.rule for each in ordered if each.rule.effect is Effect.BLOCK)
        self.blocking = frozenset(rule.id for rule in blocking)

    def hits(self, path: str, data: bytes) -> Iterator[Hit]:
        """Yield every secret of one file."""
        lower = data.lower()
        taken: list[tuple[int, int]] = []
        for each in self._compiled:
            if not each.markers or any(marker in lower for marker in each.markers):
                for rule_id, start, end in _spans(each, data, taken):
                    taken.append((start, end))
                    line = data.count(b"\n", 0, start) + 1
                    digest = hashlib.sha256(data[start:end]).hexdigest()
                    yield Hit(rule_id, path, line, digest)


def _compile(rule: SecretRule) -> _Compiled:
    options = re2.Options()
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    try:
        pattern = re2.compile(rule.pattern.encode(), options)
    except re2.error as error:
        raise BrokenRule(f"{rule.rule.id}: {error}") from None
    return _Compiled(rule, pattern, tuple(marker.encode() for marker in rule.markers))


def _spans(
    each: _Compiled, data: bytes, taken: list[tuple[int, int]]
) -> Iterator[tuple[str, int, int]]:
    """Yield rule and place of what one rule meets."""
    group = 1 if each.pattern.groups else 0
    found = 0
    for number, match in enumerate(each.pattern.finditer(data)):
        start, end = match.span(group)
        if number == _CANDIDATES_OF_A_RULE:
            yield CROWDED.id, start, end
            return
        if _is_taken(start, end, taken) or not _is_real(each.rule, data[start:end]):
            continue
        yield each.rule.rule.id, start, end
        found += 1
        if found == _HITS_OF_A_RULE:
            return


def _is_taken(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in taken)


def _is_real(rule: SecretRule, secret: bytes) -> bool:
    return not is_example(secret) and rule.accepts(secret)
