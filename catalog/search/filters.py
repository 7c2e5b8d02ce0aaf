"""The words that filters of search look for: one form for what is stored and what is asked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a search is narrowed to; empty and None ask for nothing."""

    type: str = ""
    target: str = ""
    tag: str = ""
    vendor: str = ""
    is_free: bool | None = None
    is_verified: bool = False
    runs_code: bool | None = None

    def words(self) -> list[str]:
        """Return the words that a listing must carry, all of them."""
        asked = (
            *((kind, value) for kind, value in self._texts() if value),
            *([_price(is_free=self.is_free)] if self.is_free is not None else []),
            *([_code(runs_code=self.runs_code)] if self.runs_code is not None else []),
            *([_VERIFIED] if self.is_verified else []),
        )
        return [_word(*pair) for pair in asked]

    @property
    def are_sound(self) -> bool:
        """Tell whether each could be the word of a listing."""
        return all(_SOUND.fullmatch(value) for _, value in self._texts() if value)

    def _texts(self) -> Iterable[tuple[str, str]]:
        return (
            ("type", self.type),
            ("target", self.target),
            ("tag", self.tag),
            ("vendor", self.vendor),
        )


_VERIFIED = ("verified", "yes")
_SOUND = re.compile(r"[a-z0-9-]{1,100}")


def words_of(listing: Listing) -> str:
    """Return all words of a listing, apart by single spaces and with one at both ends."""
    pairs = [
        ("type", listing.type),
        ("vendor", listing.vendor.slug),
        _price(is_free=listing.is_free),
        _code(runs_code=listing.runs_code),
        *(("target", target) for target in listing.targets),
        *(("tag", tag) for tag in listing.tags),
        *([_VERIFIED] if listing.is_verified else []),
    ]
    return f" {' '.join(_word(*pair) for pair in pairs)} "


def _price(*, is_free: bool) -> tuple[str, str]:
    return ("price", "free" if is_free else "paid")


def _code(*, runs_code: bool) -> tuple[str, str]:
    return ("code", "runs" if runs_code else "none")


def _word(kind: str, value: str) -> str:
    return f"{kind}:{value}"
