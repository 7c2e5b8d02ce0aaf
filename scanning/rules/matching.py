"""Find secrets in the bytes of a file, in time linear in their length (RE2)."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import re2

from scanning.rules.rule import Effect, Hit
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

    def hits(self, path: str, data: bytes) -> Iterator[Hit]:
        """Yield every secret of one file."""
        lower = data.lower()
        taken: list[tuple[int, int]] = []
        for each in self._compiled:
            if each.markers and not any(marker in lower for marker in each.markers):
                continue
            for start, end in _spans(each, data, taken):
                taken.append((start, end))
                line = data.count(b"\n", 0, start) + 1
                digest = hashlib.sha256(data[start:end]).hexdigest()
                yield Hit(each.rule.rule.id, path, line, digest)


def _compile(rule: SecretRule) -> _Compiled:
    options = re2.Options()
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    try:
        pattern = re2.compile(rule.pattern.encode(), options)
    except re2.error as error:
        raise BrokenRule(f"{rule.rule.id}: {error}") from None
    return _Compiled(rule, pattern, tuple(marker.encode() for marker in rule.markers))


def _spans(each: _Compiled, data: bytes, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    found = 0
    for match in each.pattern.finditer(data):
        start, end = match.span(1 if each.pattern.groups else 0)
        secret = data[start:end]
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        if is_example(secret) or not each.rule.accepts(secret):
            continue
        yield start, end
        found += 1
        if found == _HITS_OF_A_RULE:
            return
