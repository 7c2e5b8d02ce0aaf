"""Look at one file of a package: the rules over its bytes, and over what is hidden in it."""

import hashlib
import re
from collections.abc import Iterator

from scanning.child import excerpts, views
from scanning.child.normal_text import NormalText
from scanning.child.rulebook import Rulebook, is_secret
from scanning.child.views import View
from scanning.rules import checks
from scanning.rules.rule import Hit, Sighting
from scanning.rules.scanned_file import ScannedFile

_NAME = "file name"
_BETWEEN_WORDS = re.compile(r"[-_.~+/ ]+")


def at(file: ScannedFile, book: Rulebook) -> Iterator[Hit]:
    """Yield everything that rules meet in a file."""
    yield from _at_view(file.path, _name_of(file), book)
    if file.is_text:
        for view in views.of(file.data):
            yield from _at_view(file.path, view, book)
    seen = [each for check in checks.FILE_CHECKS for each in check.look(file)]
    known = [each for each in seen if book.knows(each.rule_id)]
    yield from _hits(file.path, View(data=file.data, layer="", line=0), known, secrets=[])


def _name_of(file: ScannedFile) -> View:
    """Return the words of a file's name: agents read it, too."""
    words = _BETWEEN_WORDS.sub(" ", file.path)
    return View(data=words.encode(), layer=_NAME, line=0)


def _at_view(path: str, view: View, book: Rulebook) -> Iterator[Hit]:
    seen = list(book.matcher.sightings(path, view.data))
    secrets = [(each.start, each.end) for each in seen if is_secret(each.rule_id)]
    yield from _hits(path, view, seen, secrets=secrets)
    read = NormalText(view.data.decode(errors="replace"))
    met = book.scanner.met(read.data, path=path, layer=view.layer)
    for rule_id, start, end in met:
        first, last = read.line_at(start), read.line_at(max(start, end - 1))
        left, right = _lines(view.data, first, last)
        yield Hit(
            rule_id=rule_id,
            path=path,
            line=view.line or first,
            sha256=hashlib.sha256(read.data[start:end]).hexdigest(),
            layer=view.layer,
            excerpt=excerpts.around(view.data, left, right, secrets=secrets),
        )


def _hits(
    path: str, view: View, seen: list[Sighting], *, secrets: list[excerpts.Span]
) -> Iterator[Hit]:
    for each in seen:
        yield Hit(
            rule_id=each.rule_id,
            path=path,
            line=view.line or view.data.count(b"\n", 0, each.start) + 1,
            sha256=hashlib.sha256(each.matched).hexdigest(),
            layer=view.layer,
            excerpt=excerpts.around(view.data, each.start, each.end, secrets=secrets),
        )


def _lines(data: bytes, first: int, last: int) -> tuple[int, int]:
    """Return where the first of some lines begins and the last one ends."""
    start = 0
    for _ in range(first - 1):
        start = data.find(b"\n", start) + 1
    end = start
    for _ in range(last - first + 1):
        found = data.find(b"\n", end)
        end = len(data) if found < 0 else found + 1
    return start, end
