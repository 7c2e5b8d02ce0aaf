"""What the API answers about the catalogue, as values; see `answers`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mog_cli import answer_fields


@dataclass(frozen=True, slots=True)
class Listing:
    """A package on the shelf; the price in cents."""

    name: str
    type: str
    title: str
    summary: str
    tags: tuple[str, ...]
    targets: tuple[str, ...]
    price_cents: int
    currency: str
    is_verified: bool
    runs_code: bool
    latest_version: str | None
    downloads: int
    url: str

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of GET /v1/listings."""
        return cls(
            name=answer_fields.required(body, "name", str),
            type=answer_fields.required(body, "type", str),
            title=answer_fields.optional(body, "title", str) or "",
            summary=answer_fields.optional(body, "summary", str) or "",
            tags=answer_fields.words(body, "tags"),
            targets=answer_fields.words(body, "targets"),
            price_cents=_price(body),
            currency=answer_fields.optional(body, "currency", str) or "USD",
            is_verified=answer_fields.optional(body, "verified", bool) or False,
            runs_code=answer_fields.optional(body, "runsCode", bool) or False,
            latest_version=answer_fields.optional(body, "latestVersion", str),
            downloads=answer_fields.optional(body, "downloads", int) or 0,
            url=answer_fields.safe_link(body, "url"),
        )

    @property
    def price(self) -> str:
        """Return the price as people read it."""
        return price_of(self.price_cents, self.currency)


@dataclass(frozen=True, slots=True)
class ListingDetails:
    """A listing with what only its own page says."""

    listing: Listing
    license: str
    state: str

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of GET /v1/listings/{vendor}/{slug}."""
        return cls(
            listing=Listing.from_json(body),
            license=answer_fields.optional(body, "license", str) or "",
            state=answer_fields.optional(body, "state", str) or "",
        )


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """One version of a package, as everybody may see it."""

    version: str
    state: str
    sha256: str
    size_bytes: int
    published_at: datetime | None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of GET /v1/listings/{vendor}/{slug}/releases."""
        return cls(
            version=answer_fields.required(body, "version", str),
            state=answer_fields.required(body, "state", str),
            sha256=answer_fields.optional(body, "sha256", str) or "",
            size_bytes=answer_fields.size(body, "sizeBytes"),
            published_at=answer_fields.moment(body, "publishedAt"),
        )


def _price(body: Mapping[str, object]) -> int:
    answer_fields.required(body, "priceCents", int)
    return answer_fields.size(body, "priceCents")


def listings_of(body: Mapping[str, object]) -> tuple[Listing, ...]:
    """Read the answer of GET /v1/listings."""
    answer_fields.required(body, "items", list)
    return tuple(Listing.from_json(item) for item in answer_fields.items(body, "items"))


def releases_of(body: Mapping[str, object]) -> tuple[ReleaseSummary, ...]:
    """Read the answer of GET /v1/listings/{vendor}/{slug}/releases."""
    answer_fields.required(body, "items", list)
    return tuple(ReleaseSummary.from_json(item) for item in answer_fields.items(body, "items"))


def price_of(cents: int, currency: str = "USD") -> str:
    """Return a price as people read it, such as `4.90 USD`."""
    return f"{cents // 100}.{cents % 100:02} {currency}" if cents else "free"
