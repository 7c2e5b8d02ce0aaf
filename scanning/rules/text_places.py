"""Places in a text, as places in its bytes."""

from collections.abc import Iterable, Iterator
from itertools import islice

from scanning.rules.rule import Rule, Sighting

# More of the same in one file tells nobody anything new.
MOST_OF_A_RULE = 20


def sightings(rule: Rule, text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Sighting]:
    """Yield the first of what a rule met; spans are of characters, in their order."""
    counted, place = 0, 0
    for start, end in islice(spans, MOST_OF_A_RULE):
        place, counted = place + len(text[counted:start].encode()), start
        matched = text[start:end].encode()
        yield Sighting(rule_id=rule.id, start=place, end=place + len(matched), matched=matched)
