"""The second program: read the canonical archive, and nothing else, and apply every rule."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mog_package import CANONICAL, Package, open_archive, validate
from scanning.child import capabilities, excerpts, facts, look
from scanning.child.rulebook import Rulebook, is_secret
from scanning.child.tally import Tally
from scanning.child.views import Allowance
from scanning.rules import checks
from scanning.rules.rule import Hit, Remark
from scanning.rules.scanned_file import ScannedFile
from scanning.verdicts import GRAVEST_FIRST, Effect

ARCHIVE = "canonical.zip"
# So many hits are told.
HITS = 500
_NOTHING = hashlib.sha256(b"").hexdigest()
_CROWD = Hit(
    rule_id=checks.CROWDED_PACKAGE.id, path="", line=0, sha256=_NOTHING, layer="", excerpt=""
)


def prepare(request: dict[str, Any]) -> Rulebook:
    """Make the rules in force ready; `request` is that of `Rulebook`."""
    return Rulebook(request)


def run(book: Rulebook) -> dict[str, Any]:
    """Return hits, warnings, capabilities, and a digest of the facts that the archive states.

    Raises whatever is wrong with the archive: the first program has written it, so a broken one is
    a crash and no finding.
    """
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
        kept[book.effect(hit.rule_id)].append(hit)
    found = [hit for effect in GRAVEST_FIRST for hit in kept[effect]]
    is_cut = any(_is_grave(hit.rule_id, book) for hit in found[HITS:])
    return [_CROWD, *found[: HITS - 1]] if is_cut else found[:HITS]


def hits(package: Package, book: Rulebook, allowance: Allowance | None = None) -> Iterator[Hit]:
    """Yield everything that rules meet in a package, each rule so often and no more."""
    tally = Tally()
    for hit in _all_hits(package, book, allowance or Allowance(package.size_bytes), tally):
        can_mask = not any(map(is_secret, tally.exhausted))
        if tally.takes(hit.rule_id):
            # Nobody looked for more of these secrets, so one might stand in what is shown.
            yield hit if can_mask else replace(hit, excerpt="")
    if any(_is_grave(rule_id, book) for rule_id in tally.exhausted):
        yield _CROWD


def _all_hits(
    package: Package, book: Rulebook, allowance: Allowance, tally: Tally
) -> Iterator[Hit]:
    for path in (file.path for file in package.files):
        if allowance.patience.is_all_over:
            yield _unread(path)
            continue
        file = ScannedFile(path, package.tree.read(path))
        yield from look.at(file, book, allowance, exhausted=tally.exhausted)
    if allowance.patience.is_all_over:
        yield _unread("")
    else:
        yield from _remarks(package, book)


def _unread(path: str) -> Hit:
    """Return that nobody read a file, or with no path the package as a whole."""
    return Hit(
        rule_id=checks.TOO_LONG_TO_READ.id,
        path=path,
        line=0,
        sha256=_NOTHING,
        layer="",
        excerpt="",
    )


def _remarks(package: Package, book: Rulebook) -> Iterator[Hit]:
    for check in checks.PACKAGE_CHECKS:
        for remark in check.look(package):
            if book.knows(remark.rule_id):
                yield _hit(remark)


def _is_grave(rule_id: str, book: Rulebook) -> bool:
    """Tell whether more of it would matter: a person may come to accept what is told."""
    return book.effect(rule_id) in (Effect.BLOCK, Effect.REVIEW)


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
