"""Which places of a text must not be shown, because a rule about secrets meets them."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from scanning.child import views
from scanning.child.excerpts import Span
from scanning.child.views import Allowance, TooMuchEncoded, View
from scanning.rules.matching import Matcher
from scanning.rules.pattern_rule import from_plain
from scanning.rules.scanned_file import ScannedFile

# A rule may know a long secret by its beginning: what goes on in the same letters belongs to it.
_GOES_ON = re.compile(rb"[\w+/=\\-]*")
_LINE_END = re.compile(rb"\n")
_GOES_ON_OVER_LINES = re.compile(rb"[A-Za-z0-9+/=\s]*")


class Masks:
    """Places in some bytes, in order and apart from each other."""

    def __init__(self, data: bytes, spans: Iterable[Span]) -> None:
        """Take places that may overlap, each at least as far as its secret seems to go."""
        self._spans: list[Span] = []
        for start, end in sorted(spans):
            first, last = self._spans[-1] if self._spans else (start, start)
            if end <= last:
                continue
            if self._spans and start <= last:
                self._spans.pop()
                start = first
            self._spans.append((start, _end_of_secret(data, start, end)))

    def within(self, start: int, end: int) -> Iterator[Span]:
        """Yield the places that touch a part, whole."""
        at = bisect_right(self._spans, start, key=lambda span: span[1])
        while at < len(self._spans) and self._spans[at][0] < end:
            yield self._spans[at]
            at += 1


class SecretFinder:
    """The rules about secrets, made ready."""

    def __init__(self, patterns: Iterable[Mapping[str, Any]]) -> None:
        """Read rules as `pattern_rule.to_plain` wrote them."""
        self._matcher = Matcher(map(from_plain, patterns))

    def masks(self, path: str, data: bytes) -> Masks:
        """Return every place of a file that holds a secret, or hides one in other letters."""
        return Masks(data, self._spans(path, data))

    def _spans(self, path: str, data: bytes) -> Iterator[Span]:
        lines = _Lines(data)
        try:
            for view in views.of(ScannedFile(path, data), Allowance(len(data))):
                for start, end in self._matcher.everywhere(path, view.data):
                    yield lines.that_hide(view, start, end) if view.layer else (start, end)
        except TooMuchEncoded as excess:
            # Nobody has looked at the rest.
            yield lines.place(excess.line, excess.line)[0], len(data)


class _Lines:
    """The lines of some bytes, found when they are asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _starts(self) -> Sequence[int]:
        return array("I", (0, *(end.end() for end in _LINE_END.finditer(self._data))))

    def that_hide(self, view: View, start: int, end: int) -> Span:
        """Return the place of the lines that hide a part of a view."""
        first = view.data.count(b"\n", 0, start) + 1
        last = first + view.data.count(b"\n", start, end)
        return self.place(view.line_of_file(first), view.end_in_file(last))

    def place(self, first: int, last: int) -> Span:
        """Return the place of some lines, counted from 1, without the last one's end."""
        is_last = last >= len(self._starts)
        return self._starts[first - 1], len(self._data) if is_last else self._starts[last] - 1


def _end_of_secret(data: bytes, start: int, end: int) -> int:
    has_lines = data.find(b"\n", start, end) >= 0
    goes_on = (_GOES_ON_OVER_LINES if has_lines else _GOES_ON).match(data, end)
    return goes_on.end() if goes_on else end
