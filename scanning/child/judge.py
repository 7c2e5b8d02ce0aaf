"""The second program: read the canonical archive, and nothing else, and apply every rule."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mog_package import CANONICAL, Package, open_archive, validate
from scanning.child import capabilities, excerpts, facts, look
from scanning.child.rulebook import Rulebook
from scanning.child.views import Allowance
from scanning.rules import checks
from scanning.rules.rule import Hit, Remark
from scanning.rules.scanned_file import ScannedFile
from scanning.verdicts import GRAVEST_FIRST

ARCHIVE = "canonical.zip"
# So many hits are told; a package with more of them has failed long before.
HITS = 500


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Return hits, warnings, capabilities, and a digest of the facts that the archive states.

    request: the rules in force (`Rulebook`). Raises whatever is wrong with the archive: the first
    program has written it, so a broken one is a crash and no finding.
    """
    book = Rulebook(request)
    with Path(ARCHIVE).open("rb") as stream:
        package = validate(open_archive(stream, limits=CANONICAL))
        found = _gravest(hits(package, book), book)
        warnings = package.warnings[: facts.PROBLEMS]
        return {
            "facts": _digest(facts.of(package)),
            "warnings": [facts.of_problem(warning) for warning in warnings],
            "hits": [_plain(hit) for hit in found],
            "capabilities": capabilities.of(package),
        }


def _gravest(hits: Iterable[Hit], book: Rulebook) -> list[Hit]:
    """Keep the gravest before any other: nobody hides one behind hundreds of lesser ones."""
    kept: dict[str, list[Hit]] = {effect: [] for effect in GRAVEST_FIRST}
    for hit in hits:
        if len(kept[book.effect(hit.rule_id)]) < HITS:
            kept[book.effect(hit.rule_id)].append(hit)
    return [hit for effect in GRAVEST_FIRST for hit in kept[effect]][:HITS]


def hits(package: Package, book: Rulebook) -> Iterator[Hit]:
    """Yield everything that rules meet in a package."""
    allowance = Allowance(package.size_bytes)
    for file in package.files:
        yield from look.at(ScannedFile(file.path, package.tree.read(file.path)), book, allowance)
    for check in checks.PACKAGE_CHECKS:
        for remark in check.look(package):
            if book.knows(remark.rule_id):
                yield _hit(remark)


def _hit(remark: Remark) -> Hit:
    return Hit(
        rule_id=remark.rule_id,
        path=remark.path,
        line=remark.line,
        sha256=hashlib.sha256(remark.matched).hexdigest(),
        layer="",
        excerpt=excerpts.visible(remark.excerpt),
    )


def _plain(hit: Hit) -> list[str | int]:
    return [hit.rule_id, hit.path, hit.line, hit.sha256, hit.layer, hit.excerpt]


def _digest(stated: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
