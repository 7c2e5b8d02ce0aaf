"""Which places of a text must not be shown, because a rule about secrets meets them."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scanning.child import views
from scanning.child.excerpts import Span
from scanning.rules.matching import Matcher
from scanning.rules.pattern_rule import from_plain

# A rule may know a long secret by its beginning: what goes on in the same letters belongs to it.
_GOES_ON = re.compile(rb"[\w+/=\\-]*")
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
        for view in views.of(data):
            found = self._matcher.everywhere(path, view.data)
            if not view.layer:
                yield from found
            elif next(found, None):
                yield _line(data, view.line)


def _end_of_secret(data: bytes, start: int, end: int) -> int:
    has_lines = data.find(b"\n", start, end) >= 0
    goes_on = (_GOES_ON_OVER_LINES if has_lines else _GOES_ON).match(data, end)
    return goes_on.end() if goes_on else end


def _line(data: bytes, number: int) -> Span:
    """Return the place of a line, counted from 1."""
    start = 0
    for _ in range(number - 1):
        start = data.find(b"\n", start) + 1
    end = data.find(b"\n", start)
    return start, len(data) if end < 0 else end
