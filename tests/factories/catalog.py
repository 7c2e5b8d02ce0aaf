"""The least valid rows of the catalog room."""

from typing import Any

import factory
from django.utils import timezone

from accounts.models import Namespace
from catalog.models import Listing, ListingState, Vendor
from catalog.search.filters import words_of
from tests.factories.accounts import NamespaceFactory, UserFactory


class VendorFactory(factory.django.DjangoModelFactory[Vendor]):
    """A vendor of one person, on a namespace of its own."""

    class Meta:
        model = Vendor

    slug = factory.Sequence(lambda n: f"vendor-{n}")
    namespace = factory.LazyAttribute(lambda vendor: _namespace(vendor.slug))
    user = factory.SubFactory(UserFactory)
    display_name = "Acme"


class ListingFactory(factory.django.DjangoModelFactory[Listing]):
    """A free skill that is on the shelf."""

    class Meta:
        model = Listing

    vendor = factory.SubFactory(VendorFactory)
    slug = factory.Sequence(lambda n: f"pdf-tools-{n}")
    name = factory.LazyAttribute(lambda listing: f"{listing.vendor.slug}/{listing.slug}")
    title = "PDF tools"
    summary = "Reads PDFs."
    type = "skill"
    state = ListingState.LIVE
    latest_version = factory.LazyAttribute(lambda row: "1.0.0" if _is_released(row) else "")
    released_at = factory.LazyAttribute(lambda row: timezone.now() if _is_released(row) else None)
    targets = ["generic"]

    @classmethod
    def _create(cls, model_class: Any, *_args: object, **fields: Any) -> Listing:
        listing: Listing = model_class(**fields)
        listing.search_words = words_of(listing)
        listing.save(force_insert=True)
        return listing


class DraftFactory(ListingFactory):
    """A listing that nothing was published of."""

    type = ""
    state = ListingState.DRAFT
    targets: list[str] = []


def _is_released(listing: Listing) -> bool:
    return listing.state != ListingState.DRAFT


def _namespace(slug: str) -> Namespace:
    made: Namespace = NamespaceFactory.create(slug=slug, skeleton=slug)
    return made
