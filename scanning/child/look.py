"""Look at one file of a package: the rules over its bytes, and over what is hidden in it."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from scanning.child import excerpts, views
from scanning.child.normal_text import NormalText
from scanning.child.rulebook import Rulebook, is_secret
from scanning.child.views import Allowance, TooMuchEncoded, View
from scanning.rules import checks
from scanning.rules.checks import TOO_MUCH_ENCODED
from scanning.rules.rule import Hit, Sighting
from scanning.rules.scanned_file import ScannedFile

_NAME = "file name"
_BETWEEN_WORDS = re.compile(r"[-_.~+/ ]+")


def at(file: ScannedFile, book: Rulebook, allowance: Allowance | None = None) -> Iterator[Hit]:
    """Yield everything that rules meet in a file.

    allowance: of the package; a file alone has one of its own.
    """
    yield from _at_view(file.path, _name_of(file), book)
    if file.is_text:
        yield from _once(_in_views(file, book, allowance or Allowance(len(file.data))))
    yield from _hits(file.path, View(data=file.data), _checked(file, book, checks.FILE_CHECKS))


def _in_views(file: ScannedFile, book: Rulebook, allowance: Allowance) -> Iterator[Hit]:
    try:
        for view in views.of(file, allowance):
            yield from _at_view(file.path, view, book)
    except TooMuchEncoded as excess:
        if book.knows(TOO_MUCH_ENCODED.id):
            yield Hit(
                rule_id=TOO_MUCH_ENCODED.id,
                path=file.path,
                line=excess.line,
                sha256=hashlib.sha256(file.data).hexdigest(),
                layer="",
                excerpt="",
            )


def _once(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Drop what is met in hidden text where it was met before: a copy tells nothing new."""
    told: set[tuple[str, str | int]] = set()
    for hit in hits:
        places: set[tuple[str, str | int]] = {(hit.rule_id, hit.sha256), (hit.rule_id, hit.line)}
        if not hit.layer or told.isdisjoint(places):
            yield hit
        told |= places


def _name_of(file: ScannedFile) -> View:
    """Return the words of a file's name: agents read it, too."""
    words = _BETWEEN_WORDS.sub(" ", file.path)
    return View(data=words.encode(), layer=_NAME, lines=(0,))


def _at_view(path: str, view: View, book: Rulebook) -> Iterator[Hit]:
    seen = list(book.matcher.sightings(path, view.data))
    secrets = [(each.start, each.end) for each in seen if is_secret(each.rule_id)]
    seen += _checked(ScannedFile(path, view.data), book, checks.TEXT_CHECKS)
    yield from _hits(path, view, seen, secrets=secrets)
    read = NormalText(view.data.decode(errors="replace"))
    met = book.scanner.met(read.data, path=path, layer=view.layer)
    for rule_id, start, end in met:
        first, last = read.line_at(start), read.line_at(max(start, end - 1))
        left, right = _lines(view.data, first, last)
        yield Hit(
            rule_id=rule_id,
            path=path,
            line=view.line_of_file(first),
            sha256=hashlib.sha256(read.data[start:end]).hexdigest(),
            layer=view.layer,
            excerpt=excerpts.around(view.data, left, right, secrets=secrets),
        )


def _checked(
    file: ScannedFile, book: Rulebook, among: Iterable[checks.FileCheck]
) -> list[Sighting]:
    seen = (each for check in among for each in check.look(file))
    return [each for each in seen if book.knows(each.rule_id)]


def _hits(
    path: str, view: View, seen: list[Sighting], *, secrets: Sequence[excerpts.Span] = ()
) -> Iterator[Hit]:
    for each in seen:
        yield Hit(
            rule_id=each.rule_id,
            path=path,
            line=view.line_of_file(view.data.count(b"\n", 0, each.start) + 1),
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
