"""A rule that is a condition over strings (YARA), over the normalised text of a file."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import yara_x

from scanning.rules import defence, wording
from scanning.rules.rule import Rule

# What a condition may ask beside its strings: the lower-case path of the file, how its text was
# hidden (`View.layer`), and whether it is a program. The others are for `speaks_of_defence` alone:
# a program that stands in a lesson is excused by what is said around it.
_GLOBALS: tuple[tuple[str, str | bool], ...] = (
    *(("path", ""), ("layer", ""), ("script", False)),
    *(("takes_excuses", True), ("in_lesson", False)),
)
# Of each string in a text. One would do to tell a rule; more, to tell what stands beside what.
PLACES = 64
# What is that near belongs together: a few sentences.
_TOGETHER = 400


class BrokenYara(ValueError):
    """A body that does not compile; names the rule."""


@dataclass(frozen=True, slots=True)
class Met:
    """A rule and where a text meets it: where most of its strings stand together.

    is_excused: it does not, but would if the text did not speak of defence. is_forbidden: each of
    its strings stands behind a "do not".
    """

    rule_id: str
    start: int
    end: int
    is_excused: bool = False
    is_forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What conditions met in a text; whether it speaks of defence."""

    met: tuple[Met, ...]
    is_lesson: bool


@dataclass(frozen=True, slots=True)
class YaraRule:
    """A rule and its `strings:` and `condition:`."""

    rule: Rule
    body: str


def identifier(rule_id: str) -> str:
    """Return the id as YARA can write it: `link/raw-ip` is `link__raw_ip`."""
    return rule_id.replace("/", "__").replace("-", "_")


# Rules may be switched to watching, which changes none of their conditions.
@lru_cache(maxsize=2)
def compiled(rules: tuple[YaraRule, ...]) -> bytes:
    """Compile rules into bytes that `YaraScanner` reads again; raises BrokenYara."""
    compiler = yara_x.Compiler(includes_enabled=False)
    for name, empty in _GLOBALS:
        compiler.define_global(name, empty)
    compiler.add_source(defence.RULE)
    for each in rules:
        try:
            compiler.add_source(f"rule {identifier(each.rule.id)} {{ {each.body} }}")
        except yara_x.CompileError as error:
            raise BrokenYara(f"{each.rule.id}: {error}") from None
    output = io.BytesIO()
    compiler.build().serialize_into(output)
    return output.getvalue()


class YaraScanner:
    """Compiled rules, ready to read text after text."""

    def __init__(self, compiled_rules: bytes, ids: Mapping[str, str]) -> None:
        self._scanner = yara_x.Scanner(yara_x.Rules.deserialize_from(io.BytesIO(compiled_rules)))
        # Conditions may ask what stands near what; no file may make a list of millions of places.
        self._scanner.max_matches_per_pattern(PLACES)
        self._ids = ids

    def read(
        self, text: bytes, *, path: str, layer: str, is_program: bool, is_in_lesson: bool = False
    ) -> Read:
        """Return every rule that a text meets, or would meet, and where."""
        self._scanner.set_global("path", path.lower())
        self._scanner.set_global("layer", layer)
        self._scanner.set_global("script", is_program)
        self._scanner.set_global("in_lesson", is_in_lesson)
        met = self._matching(text, takes_excuses=True)
        if met.pop(defence.NAME, None) is None:
            return Read(tuple(met.values()), is_lesson=False)
        without = self._matching(text, takes_excuses=False)
        excused = [replace(without[name], is_excused=True) for name in without.keys() - met]
        return Read((*met.values(), *excused), is_lesson=True)

    def _matching(self, text: bytes, *, takes_excuses: bool) -> dict[str, Met]:
        self._scanner.set_global("takes_excuses", takes_excuses)
        return {
            rule.identifier: self._met(rule, text)
            for rule in self._scanner.scan(text).matching_rules
        }

    def _met(self, rule: yara_x.Rule, text: bytes) -> Met:
        places = sorted(
            (match.offset, match.length, number)
            for number, pattern in enumerate(rule.patterns)
            for match in pattern.matches
        )
        start, length = _crowded(places)
        return Met(
            self._ids.get(rule.identifier, ""),
            start,
            start + length,
            # Of a string that is met more often, some places are not known.
            is_forbidden=0 < len(places) < PLACES
            and all(wording.is_forbidden(text, place) for place, _, _ in places),
        )


def _crowded(places: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Return start and length of the first of the places that most patterns share.

    places: start, length and the pattern's number, in their order. A condition is about what stands
    together, and no engine tells which of many places met it.
    """
    near: Counter[int] = Counter()
    best, found, first = 0, (0, 0), 0
    for start, _, number in places:
        near[number] += 1
        while start - places[first][0] > _TOGETHER:
            near -= Counter((places[first][2],))
            first += 1
        if len(near) > best:
            best, found = len(near), places[first][:2]
    return found
