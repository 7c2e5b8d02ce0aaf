"""The second program: read the canonical archive, and nothing else, and apply every rule."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mog_package import CANONICAL, Package, open_archive, validate
from scanning.child import capabilities, facts
from scanning.rules.matching import OPEN_RULES, Matcher
from scanning.rules.packs import from_plain
from scanning.rules.rule import Hit

ARCHIVE = "canonical.zip"
# So many hits are told; a package with more of them has failed long before.
HITS = 500


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Return hits, warnings, capabilities, and a digest of the facts that the archive states.

    request: `rules`, the operator's own. Raises whatever is wrong with the archive: the first
    program has written it, so a broken one is a crash and no finding.
    """
    matcher = Matcher([*OPEN_RULES, *map(from_plain, request["rules"])])
    with Path(ARCHIVE).open("rb") as stream:
        package = validate(open_archive(stream, limits=CANONICAL))
        hits = [_plain(hit) for hit in _gravest(_hits(package, matcher), matcher)]
        warnings = package.warnings[: facts.PROBLEMS]
        return {
            "facts": _digest(facts.of(package)),
            "warnings": [facts.of_problem(warning) for warning in warnings],
            "hits": hits,
            "capabilities": capabilities.of(package),
        }


def _gravest(hits: Iterable[Hit], matcher: Matcher) -> list[Hit]:
    """Keep those that block before any other: nobody hides one behind hundreds of lesser ones."""
    blocking: list[Hit] = []
    others: list[Hit] = []
    for hit in hits:
        kept = blocking if hit.rule_id in matcher.blocking else others
        if len(kept) < HITS:
            kept.append(hit)
    return (blocking + others)[:HITS]


def _hits(package: Package, matcher: Matcher) -> Iterator[Hit]:
    for file in package.files:
        yield from matcher.hits(file.path, package.tree.read(file.path))


def _plain(hit: Hit) -> list[str | int]:
    return [hit.rule_id, hit.path, hit.line, hit.sha256]


def _digest(stated: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
