"""Read what children say: strictly, with ceilings; anything odd means that one was taken over.

A valid answer still is a stranger's word. It is only ever shown, compared or judged by.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from mog_package import InvalidVersion, PackageFile
from mog_package import Rule as FormRule
from scanning import answer_manifest
from scanning.answer_values import (
    LONG,
    MANY,
    digest,
    flag,
    long_text,
    number,
    optional,
    record,
    several,
    text,
)
from scanning.child.facts import PROBLEMS, README_BYTES
from scanning.child.judge import HITS
from scanning.child.repack import OWN_TOKENS
from scanning.child.views import LAYER_CHARACTERS
from scanning.errors import Reason, ScanInconclusive
from scanning.rules.rule import ID, Hit

_Read = TypeVar("_Read")
_FORM_RULES = {str(rule): rule for rule in FormRule}
_CAPABILITIES = (
    *("hosts", "envNames", "binaries", "tools", "filePaths", "scriptLanguages"),
    *("fileExtensions", "undeclared"),
)


@dataclass(frozen=True, slots=True)
class FormProblem:
    """A broken rule of the package's form, or a warning."""

    rule: FormRule
    detail: str
    path: str
    line: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a valid package says of itself, and the digest by which two readings are compared."""

    manifest: Mapping[str, Any]
    files: tuple[PackageFile, ...]
    readme: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Repacked:
    """The first child's answer: facts, or problems and the digests of our tokens in the upload."""

    problems: tuple[FormProblem, ...]
    facts: Facts | None
    own_tokens: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """The second child's answer."""

    facts_sha256: str
    warnings: tuple[FormProblem, ...]
    hits: tuple[Hit, ...]
    capabilities: Mapping[str, list[str] | bool]


def read_repacked(answer: bytes) -> Repacked:
    """Read the first child's answer; raises ScanInconclusive."""
    return _read(answer, _repacked)


def read_judged(answer: bytes) -> Judged:
    """Read the second child's answer; raises ScanInconclusive."""
    return _read(answer, _judged)


def _read(answer: bytes, read: Callable[[Any], _Read]) -> _Read:
    try:
        return read(json.loads(answer, parse_constant=_refuse))
    except (ValueError, TypeError, KeyError, RecursionError, InvalidVersion) as error:
        raise ScanInconclusive(Reason.MALFORMED, repr(error)[:LONG]) from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _repacked(value: Any) -> Repacked:
    read = record(value, "problems", "facts", "ownTokens")
    problems = several(read["problems"], _problem, at_most=PROBLEMS)
    facts = optional(read["facts"], _facts)
    if bool(problems) is (facts is not None):
        raise ValueError("either problems or facts")
    own_tokens = frozenset(several(read["ownTokens"], digest, at_most=OWN_TOKENS))
    return Repacked(problems, facts, own_tokens)


def _judged(value: Any) -> Judged:
    read = record(value, "facts", "warnings", "hits", "capabilities")
    return Judged(
        facts_sha256=digest(read["facts"]),
        warnings=several(read["warnings"], _problem, at_most=PROBLEMS),
        hits=several(read["hits"], _hit, at_most=HITS),
        capabilities=_capabilities(read["capabilities"]),
    )


def _capabilities(value: Any) -> Mapping[str, list[str] | bool]:
    read = record(value, *_CAPABILITIES, "executable")
    lists = {name: list(several(read[name], long_text)) for name in _CAPABILITIES}
    return lists | {"executable": flag(read["executable"])}


def _problem(value: Any) -> FormProblem:
    read = record(value, "rule", "detail", "path", "line", "key")
    return FormProblem(
        rule=_FORM_RULES[read["rule"]],
        detail=text(read["detail"]),
        path=text(read["path"]),
        line=optional(read["line"], number),
        key=text(read["key"]),
    )


def _facts(value: Any) -> Facts:
    read = record(value, "manifest", "files", "readme")
    stated = json.dumps(value, sort_keys=True).encode()
    return Facts(
        manifest=answer_manifest.read(read["manifest"]),
        files=several(read["files"], _file, at_most=MANY),
        readme=text(read["readme"], at_most=README_BYTES),
        sha256=hashlib.sha256(stated).hexdigest(),
    )


def _file(value: Any) -> PackageFile:
    path, size_bytes, sha256 = several(value, lambda each: each, at_most=3)
    return PackageFile(text(path), number(size_bytes), digest(sha256))


def _hit(value: Any) -> Hit:
    rule_id, path, line, sha256, layer, excerpt = several(value, lambda each: each, at_most=6)
    if not ID.fullmatch(text(rule_id)):
        raise ValueError("expected the id of a rule")
    return Hit(
        rule_id=rule_id,
        path=text(path),
        line=number(line),
        sha256=digest(sha256),
        layer=text(layer, at_most=LAYER_CHARACTERS),
        excerpt=text(excerpt),
    )
