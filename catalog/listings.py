"""What becomes of a listing: drafted by the first upload, described by its seller, retired."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Organization
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from catalog.errors import (
    InvalidListing,
    ListingRetired,
    NotItsSeller,
    TypeChanged,
    VendorNotFound,
)
from catalog.models import Listing, ListingState, Vendor, Visibility
from catalog.models.listing import (
    PRICE_HIGHEST_CENTS,
    PRICE_LOWEST_CENTS,
    SUMMARY_LENGTH,
    TAGS_MOST,
    TITLE_LENGTH,
)
from catalog.search import filters

_TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TAG_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What sellers say of a listing; the price is in cents of the marketplace's currency."""

    title: str
    summary: str
    tags: Sequence[str]
    price_cents: int
    visibility: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a published release tells the shelf."""

    version: str
    type: str
    summary: str
    keywords: Sequence[str]
    targets: Sequence[str]
    license: str
    runs_code: bool
    readme_html: str = ""
    readme_text: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict)


def vendor_to_sell_under(name: str, *, by: Actor) -> Vendor:
    """Return the vendor that an actor publishes a package under: of a new one, that of its name.

    Raises RoleRequired, VendorNotFound, and NotItsSeller where the actor has the vendor of the
    name, but somebody else sells the package by now.
    """
    by.require_scope(Scope.SELL)
    listing = Listing.objects.with_vendor().without_texts().filter(name=name).first()
    if listing is not None and listing.vendor.is_sold_under_by(by):
        return listing.vendor
    slug = name.partition("/")[0]
    vendor = Vendor.objects.sold_under_by(by).filter(slug=slug).first()
    if vendor is None:
        raise VendorNotFound(slug)
    if listing is not None:
        raise NotItsSeller(name)
    return vendor


def ensure_draft(name: str, *, vendor: Vendor, by: Actor, now: datetime) -> Listing:
    """Return a vendor's listing of a name, held; drafted if it is new.

    Inside the transaction of whoever uploads a release. Raises ListingRetired, and NotItsSeller
    when it was handed over a moment ago.
    """
    slug = name.partition("/")[2]
    listing, is_new = (
        Listing.objects.select_for_update()
        .without_texts()
        .get_or_create(
            name=name,
            defaults={
                "vendor": vendor,
                "slug": slug,
                "title": slug.replace("-", " ").capitalize()[:TITLE_LENGTH],
                "is_verified": vendor.is_verified,
                "created_at": now,
            },
        )
    )
    if listing.vendor_id != vendor.pk:
        raise NotItsSeller(name)
    if is_new:
        record(Action.LISTING_DRAFTED, by=by.who, now=now, subject=listing.subject)
    if listing.state == ListingState.RETIRED:
        raise ListingRetired
    return listing


def describe(listing: Listing, wanted: Description, *, by: Actor, now: datetime) -> Listing:
    """Change what a seller may change.

    listing: one that the actor sells. Raises InvalidListing, and Listing.DoesNotExist when it was
    handed over since they opened it.
    """
    by.require_scope(Scope.SELL)
    tags = _checked_tags(wanted.tags)
    title, summary = wanted.title.strip(), wanted.summary.strip()
    _check_texts(title, summary)
    _check_price(wanted.price_cents)
    _check_visibility(wanted.visibility, listing)
    with transaction.atomic():
        row = Listing.objects.select_for_update().get(pk=listing.pk)
        row.require_same_seller(listing)
        row.has_own_summary = row.has_own_summary or summary != row.summary
        row.title, row.summary, row.tags = title, summary, tags
        row.price_cents, row.visibility = wanted.price_cents, wanted.visibility
        _save(row, "title", "summary", "has_own_summary", "tags", "price_cents", "visibility")
        data = {"priceCents": row.price_cents, "visibility": row.visibility}
        record(Action.LISTING_EDITED, by=by.who, now=now, subject=row.subject, data=data)
    return row


def retire(listing: Listing, *, by: Actor, now: datetime) -> None:
    """Take a listing off the shelf for good; who has it keeps it. Twice is once.

    listing: one that the actor sells. Raises Listing.DoesNotExist when it was handed over since
    they opened it.
    """
    by.require_scope(Scope.SELL)
    with transaction.atomic():
        row = Listing.objects.select_for_update().without_texts().get(pk=listing.pk)
        row.require_same_seller(listing)
        _retire(row, by=by, now=now)


def hold_shelf(organization: Organization) -> None:
    """Let nobody publish for an organization, or take a package over for it, until the transaction
    ends. In the order in which packages change hands.
    """
    vendors = Vendor.objects.filter(organization=organization).select_for_update(no_key=True)
    keys = [vendor.pk for vendor in vendors]
    held = Listing.objects.filter(vendor__in=keys).select_for_update().order_by("pk")
    list(held.values_list("pk"))


def clear_shelf(organization: Organization, *, by: Actor, now: datetime) -> None:
    """Retire what is left of an organization, inside the transaction that deletes it.

    Drafts, too: a scan that ends later would put them on the shelf, and nobody would sell them.
    """
    left = Listing.objects.filter(vendor__organization=organization).without_texts()
    for row in left.exclude(state=ListingState.RETIRED).order_by("pk"):
        _retire(row, by=by, now=now)


def require_same_type(listing: Listing, package_type: str) -> None:
    """Raise TypeChanged when a release would turn a package into another kind of thing."""
    if listing.type and listing.type != package_type:
        raise TypeChanged(was=listing.type, becomes=package_type)


def take_facts(listing: Listing, facts: ReleaseFacts | None, *, now: datetime) -> None:
    """Show the facts of what is now the latest release; None when nothing is published any more.

    Inside the transaction that publishes or withdraws. A listing that staff hid or its seller
    retired stays so.
    """
    row = Listing.objects.select_for_update(of=("self",)).with_vendor().get(pk=listing.pk)
    if facts is None:
        if row.state == ListingState.LIVE:
            row.state = ListingState.DRAFT
            _save(row, "state")
        return
    if row.latest_version != facts.version:
        row.released_at = now
    row.latest_version, row.type = facts.version, row.type or facts.type
    row.targets, row.license = list(facts.targets), facts.license
    row.runs_code, row.capabilities = facts.runs_code, dict(facts.capabilities)
    row.readme_html, row.readme_text = facts.readme_html, facts.readme_text
    if not row.has_own_summary:
        row.summary = facts.summary[:SUMMARY_LENGTH]
    if row.state == ListingState.DRAFT:
        row.state = ListingState.LIVE
        row.tags = row.tags or _usable_tags(facts.keywords)
    _save(row, *_FACT_FIELDS)


def show_badge(vendor: Vendor, *, is_verified: bool) -> None:
    """Carry a vendor's badge to all it offers, inside the transaction that gives or takes it."""
    for row in Listing.objects.select_for_update(of=("self",)).with_vendor().filter(vendor=vendor):
        row.is_verified = is_verified
        _save(row, "is_verified")


def change_seller(row: Listing, vendor: Vendor) -> None:
    """Let another vendor sell a listing, inside the transaction that holds it."""
    row.vendor, row.is_verified = vendor, vendor.is_verified
    _save(row, "vendor", "is_verified")


def _retire(row: Listing, *, by: Actor, now: datetime) -> None:
    offered = Listing.objects.filter(pk=row.pk).exclude(state=ListingState.RETIRED)
    if offered.update(state=ListingState.RETIRED) == 1:
        record(Action.LISTING_RETIRED, by=by.who, now=now, subject=row.subject)


_FACT_FIELDS = (
    "released_at",
    "latest_version",
    "type",
    "targets",
    "license",
    "runs_code",
    "capabilities",
    "readme_html",
    "readme_text",
    "summary",
    "state",
    "tags",
)


def _save(row: Listing, *fields: str) -> None:
    row.search_words = filters.words_of(row)
    row.save(update_fields=[*fields, "search_words"])


def _check_texts(title: str, summary: str) -> None:
    if not 0 < len(title) <= TITLE_LENGTH or not title.isprintable():
        raise InvalidListing("title", f"Use 1 to {TITLE_LENGTH} printable characters.")
    if len(summary) > SUMMARY_LENGTH or not summary.isprintable():
        raise InvalidListing("summary", f"Use at most {SUMMARY_LENGTH} printable characters.")


def _check_price(price_cents: int) -> None:
    if price_cents != 0 and not PRICE_LOWEST_CENTS <= price_cents <= PRICE_HIGHEST_CENTS:
        raise InvalidListing(
            "price_cents",
            f"Use 0 for free, or {PRICE_LOWEST_CENTS} to {PRICE_HIGHEST_CENTS} cents.",
        )


def _check_visibility(visibility: str, listing: Listing) -> None:
    if visibility not in Visibility.values:
        raise InvalidListing("visibility", f"Use one of {', '.join(Visibility.values)}.")
    if visibility == Visibility.PRIVATE and listing.vendor.organization_id is None:
        raise InvalidListing("visibility", "Only an organization can keep a package private.")


def _checked_tags(tags: Sequence[str]) -> list[str]:
    unique = list(dict.fromkeys(tag.strip().lower() for tag in tags if tag.strip()))
    if len(unique) > TAGS_MOST:
        raise InvalidListing("tags", f"Use at most {TAGS_MOST} tags.")
    if any(not _is_tag(tag) for tag in unique):
        raise InvalidListing(
            "tags", f"Use letters, digits and hyphens, at most {_TAG_LENGTH} characters a tag."
        )
    return unique


def _usable_tags(keywords: Sequence[str]) -> list[str]:
    """Return the first keywords of a manifest that can be tags."""
    folded = dict.fromkeys("-".join(word.lower().split()) for word in keywords)
    return [word for word in folded if _is_tag(word)][:TAGS_MOST]


def _is_tag(text: str) -> bool:
    return len(text) <= _TAG_LENGTH and _TAG.fullmatch(text) is not None
