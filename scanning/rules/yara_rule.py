"""A rule that is a condition over strings (YARA), over the normalised text of a file."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yara_x

from mog_package import is_script
from scanning.rules import defence
from scanning.rules.rule import Rule

# What a condition may ask beside its strings: the lower-case path of the file, how its text was
# hidden (`View.layer`), and whether it is a program by its name.
_GLOBALS: tuple[tuple[str, str | bool], ...] = (("path", ""), ("layer", ""), ("script", False))


class BrokenYara(ValueError):
    """A body that does not compile; names the rule."""


@dataclass(frozen=True, slots=True)
class YaraRule:
    """A rule and its `strings:` and `condition:`."""

    rule: Rule
    body: str


def identifier(rule_id: str) -> str:
    """Return the id as YARA can write it: `link/raw-ip` is `link__raw_ip`."""
    return rule_id.replace("/", "__").replace("-", "_")


def compiled(rules: Iterable[YaraRule]) -> bytes:
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
        # One place of each string is told; no file may make a list of millions of them.
        self._scanner.max_matches_per_pattern(1)
        self._ids = ids

    def met(self, text: bytes, *, path: str, layer: str) -> Iterator[tuple[str, int, int]]:
        """Yield the id of every rule that a text meets, and where: at its first string."""
        self._scanner.set_global("path", path.lower())
        self._scanner.set_global("layer", layer)
        self._scanner.set_global("script", is_script(path))
        for rule in self._scanner.scan(text).matching_rules:
            places = [match for pattern in rule.patterns for match in pattern.matches]
            first = places[0] if places else None
            start = first.offset if first else 0
            yield self._ids[rule.identifier], start, start + (first.length if first else 0)
