"""What is asked of a search, read once at its border."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.search.filters import Filters

# More words narrow a search no further than people read, and each one costs.
_WORDS_MOST = 8
_WORD_LENGTH = 40
_WORD = re.compile(r"[^\W_]+")


class Sort(StrEnum):
    """In which order; relevance is title hits before text hits, popular ones first among equals."""

    RELEVANCE = "relevance"
    POPULAR = "popular"
    RECENT = "recent"
    RATING = "rating"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Words, filters and an order; empty text browses."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    # The key of the organization that asks: what it keeps private comes before the shelf.
    private_of: int | None = None

    @property
    def words(self) -> list[str]:
        """Return the words to look for: letters and digits only, so no operator of any engine."""
        return [word[:_WORD_LENGTH] for word in _WORD.findall(self.text.casefold())][:_WORDS_MOST]

    @property
    def is_impossible(self) -> bool:
        """Tell whether nothing can match: text without a word, a filter that no listing carries."""
        return bool(self.text.strip() and not self.words) or not self.filters.are_sound
