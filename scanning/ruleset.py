"""All rules that are in force, and one digest that changes with any of them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from scanning.child import judge, rulebook
from scanning.fork_servers import Preparation
from scanning.rules import checks, packs
from scanning.rules.matching import CROWDED, BrokenRule, Matcher
from scanning.rules.packs import BrokenPack, PackedRule
from scanning.rules.pattern_rule import PatternRule, to_plain
from scanning.rules.rule import Rule, Severity
from scanning.rules.yara_rule import BrokenYara, compiled, identifier
from scanning.verdicts import GRAVEST_FIRST, effect_of

_ROOT = Path(__file__).resolve().parents[1]
OPEN_RULES = _ROOT / "scanning" / "rules"
# Whatever can change what a child says about the same bytes.
_SOURCES = (
    "mog_package",
    "scanning/child",
    "scanning/rules",
    "scanning/verdicts.py",
    "scanning/quality.py",
)
_SOURCE_ENDINGS = {".py", ".yaml"}


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The rules in force by id, and their version (SHA-256).

    request: what a child is told of them; with `yara`, the compiled conditions, it is all that it
    needs. private: the ids of the operator's own.
    """

    version: str
    rules: Mapping[str, Rule]
    request: Mapping[str, Any]
    yara: bytes
    private: frozenset[str]


def current() -> Ruleset:
    """Return what is in force; raises ImproperlyConfigured when a rule cannot be used."""
    return load(
        settings.SCAN_RULES_DIR,
        disabled=frozenset(settings.SCAN_RULES_DISABLED),
        watching=frozenset(settings.SCAN_RULES_WATCHING),
    )


@cache
def load(
    private_folder: str,
    *,
    disabled: frozenset[str] = frozenset(),
    watching: frozenset[str] = frozenset(),
) -> Ruleset:
    """Read and compile everything once.

    private_folder: of the operator's packs; may be empty. disabled: rules that are left out;
    watching: rules that only watch.
    """
    private = _private(private_folder)
    packed = (*_packed_open(), *private)
    rules = _graded(packed, disabled=disabled, watching=watching)
    patterns = [each.pattern for each in packed if each.pattern and each.rule.id in rules]
    conditions = [each.yara for each in packed if each.yara and each.rule.id in rules]
    try:
        Matcher(patterns).check()
        yara = compiled(tuple(conditions))
    except (BrokenRule, BrokenYara) as error:
        raise ImproperlyConfigured(f"SCAN_RULES_DIR: {error}") from error
    request = {
        "effects": {rule.id: str(effect_of(rule)) for rule in rules.values()},
        "patterns": [to_plain(each) for each in _gravest_first(patterns, rules)],
        "yara": {identifier(each.rule.id): each.rule.id for each in conditions},
    }
    version = _version(request, conditions=[each.body for each in conditions])
    return Ruleset(version, rules, request, yara, frozenset(each.rule.id for each in private))


def preparation(rules: Ruleset) -> Preparation:
    """Return how a fork server makes rules ready for the children that judge by them."""
    return Preparation(
        key=rules.version,
        program=judge.__name__,
        request=rules.request,
        files={rulebook.COMPILED_YARA: rules.yara},
        is_current=_is_of_this_code,
    )


def is_open(rule_id: str) -> bool:
    """Tell whether a rule stands in this repository, in force or not."""
    return rule_id in _open_ids()


@cache
def _open_ids() -> frozenset[str]:
    ids = {each.rule.id for each in _packed_open()}
    return frozenset(ids | {rule.id for rule in (CROWDED, *checks.RULES)})


@cache
def _packed_open() -> tuple[PackedRule, ...]:
    return packs.load(OPEN_RULES)


def _private(folder: str) -> tuple[PackedRule, ...]:
    try:
        return packs.load(Path(folder)) if folder else ()
    except BrokenPack as error:
        raise ImproperlyConfigured(f"SCAN_RULES_DIR: {error}") from error


def _graded(
    packed: Iterable[PackedRule], *, disabled: frozenset[str], watching: frozenset[str]
) -> Mapping[str, Rule]:
    known = [*((each.rule, each.is_enabled) for each in packed)]
    known += [(rule, True) for rule in (CROWDED, *checks.RULES)]
    ids = {rule.id for rule, _ in known}
    if len(ids) != len(known):
        raise ImproperlyConfigured("SCAN_RULES_DIR: a rule has the id of an open one")
    if unknown := (disabled | watching) - ids:
        raise ImproperlyConfigured(f"there is no rule {', '.join(sorted(unknown))}")
    return {
        rule.id: replace(rule, is_enforced=rule.is_enforced and rule.id not in watching)
        for rule, is_enabled in known
        if is_enabled and rule.id not in disabled
    }


def _gravest_first(patterns: Iterable[PatternRule], rules: Mapping[str, Rule]) -> list[PatternRule]:
    """Order patterns so that of two that meet the same secret the graver one tells it.

    Of two that do the same, the one of higher severity: it knows whose secret it is.
    """
    severities = tuple(Severity)

    def grade(each: PatternRule) -> tuple[int, int]:
        rule = rules[each.rule.id]
        return GRAVEST_FIRST.index(effect_of(rule)), -severities.index(rule.severity)

    return sorted(patterns, key=grade)


def _version(request: Mapping[str, Any], *, conditions: list[str]) -> str:
    # The operator's rules, and what was switched off: no source says so.
    stated = json.dumps([_sources_at_first(), request, conditions], sort_keys=True)
    return hashlib.sha256(stated.encode()).hexdigest()


@cache
def _sources_at_first() -> str:
    return digest_of_sources()


def digest_of_sources(root: Path = _ROOT) -> str:
    """Return a digest of the code that judges, as it stands on the disk at this moment."""
    digest = hashlib.sha256()
    for name, data in _sources(root):
        digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _is_of_this_code() -> bool:
    """Tell whether nothing was deployed under this process since it first asked for rules."""
    return digest_of_sources() == _sources_at_first()


def _sources(root: Path) -> Iterator[tuple[str, bytes]]:
    for source in _SOURCES:
        path = root / source
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.suffix in _SOURCE_ENDINGS:
                yield file.relative_to(root).as_posix(), file.read_bytes()
