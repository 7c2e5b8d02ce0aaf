"""Search: what is found, in which order, page by page; on both databases."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog import tiers
from catalog.errors import InvalidPosition
from catalog.models import Listing, ListingState, Visibility
from catalog.search.filters import Filters
from catalog.search.find import find
from catalog.search.query import Query, Sort
from tests.factories.catalog import DraftFactory, ListingFactory, VendorFactory

pytestmark = pytest.mark.django_db


def titles(query: Query, *, limit: int = 20) -> list[str]:
    """Return the titles of the first page."""
    return [listing.title for listing in find(query, limit=limit).items]


def every_title(query: Query, *, limit: int) -> list[str]:
    """Walk all pages."""
    found, cursor = [], ""
    for _ in range(50):
        page = find(query, limit=limit, cursor=cursor)
        found += [listing.title for listing in page.items]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return found


def test_words_of_title_summary_tags_and_readme_are_found() -> None:
    ListingFactory.create(title="Alpha invoice")
    ListingFactory.create(title="Beta", summary="Reads an invoice")
    ListingFactory.create(title="Gamma", tags=["invoice"])
    ListingFactory.create(title="Delta", readme_text="Any invoice will do")
    ListingFactory.create(title="Epsilon", slug="invoice-reader")
    ListingFactory.create(title="Other")
    found = titles(Query(text="invoice"))
    assert sorted(found) == ["Alpha invoice", "Beta", "Delta", "Epsilon", "Gamma"]


def test_all_words_must_be_there() -> None:
    ListingFactory.create(title="Read PDF")
    ListingFactory.create(title="Write PDF")
    assert titles(Query(text="write pdf")) == ["Write PDF"]


def test_a_word_in_another_form_is_found() -> None:
    ListingFactory.create(title="Splitting documents")
    assert titles(Query(text="split document")) == ["Splitting documents"]


def test_popularity_never_lifts_a_weaker_match() -> None:
    ListingFactory.create(title="Popular", summary="About invoices", popularity=1000, tier=0)
    ListingFactory.create(title="Invoice", popularity=1, tier=2)
    assert titles(Query(text="invoice")) == ["Invoice", "Popular"]


def test_among_equal_matches_the_popular_one_comes_first() -> None:
    for popularity in (1, 3, 2):
        ListingFactory.create(title=f"Invoice {popularity}", popularity=popularity)
    assert titles(Query(text="invoice")) == ["Invoice 3", "Invoice 2", "Invoice 1"]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": ListingState.HIDDEN},
        {"state": ListingState.RETIRED},
        {"visibility": Visibility.UNLISTED},
        {"visibility": Visibility.PRIVATE},
    ],
)
def test_what_is_not_on_the_shelf_is_not_found(fields: dict[str, str]) -> None:
    ListingFactory.create(title="Invoice", **fields)
    assert titles(Query(text="invoice")) == []
    assert titles(Query()) == []


def test_a_draft_is_not_found() -> None:
    DraftFactory.create(title="Invoice")
    assert titles(Query(text="invoice")) == []


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "invoice"])
def test_pages_show_everything_once(sort: Sort, text: str) -> None:
    now = timezone.now()
    for number in range(7):
        ListingFactory.create(
            title=f"Invoice {number}" if number % 2 else f"Other {number}",
            summary="About invoices",
            popularity=number % 3,
            rating_score=number % 2,
            tier=number % 3,
            released_at=now - timedelta(hours=number % 4),
        )
    found = every_title(Query(text=text, sort=sort), limit=2)
    assert len(found) == 7
    assert len(set(found)) == 7


def test_the_newest_come_first_when_asked() -> None:
    now = timezone.now()
    for hours in (2, 1, 3):
        ListingFactory.create(title=f"{hours}", released_at=now - timedelta(hours=hours))
    assert titles(Query(sort=Sort.RECENT)) == ["1", "2", "3"]


def test_the_best_rated_come_first_when_asked() -> None:
    for score in (10, 30, 20):
        ListingFactory.create(title=f"{score}", rating_score=score)
    assert titles(Query(sort=Sort.RATING)) == ["30", "20", "10"]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(type="rule"),
        Filters(target="cursor"),
        Filters(tag="pdf-tools"),
        Filters(vendor="acme"),
        Filters(is_free=False),
        Filters(is_verified=True),
        Filters(runs_code=True),
        Filters(type="rule", tag="pdf-tools", is_free=False),
    ],
)
def test_a_filter_keeps_what_carries_it(filters: Filters) -> None:
    ListingFactory.create(
        title="Wanted invoice",
        vendor=VendorFactory.create(slug="acme"),
        type="rule",
        targets=["cursor"],
        tags=["pdf-tools"],
        price_cents=499,
        is_verified=True,
        runs_code=True,
    )
    ListingFactory.create(title="Other invoice", tags=["pdf"])
    assert titles(Query(filters=filters)) == ["Wanted invoice"]
    assert titles(Query(text="invoice", filters=filters)) == ["Wanted invoice"]


def test_what_is_free_and_runs_nothing_can_be_asked_for() -> None:
    ListingFactory.create(title="Free")
    ListingFactory.create(title="Paid", price_cents=499, runs_code=True)
    assert titles(Query(filters=Filters(is_free=True, runs_code=False))) == ["Free"]


@pytest.mark.parametrize(
    "text",
    ["'", '"', "& | !", "title:", "-", "a' OR 1=1 --", "*", "(", "\\", "%", "NEAR/2", "invoice:*"],
)
def test_no_text_is_an_operator(text: str) -> None:
    ListingFactory.create(title="Invoice")
    assert titles(Query(text=text)) in ([], ["Invoice"])


@pytest.mark.parametrize("value", ["a b", "%", "pdf' ", "x:y", "é"])
def test_a_filter_that_no_listing_can_carry_finds_nothing(value: str) -> None:
    ListingFactory.create(tags=["pdf"])
    assert titles(Query(filters=Filters(tag=value))) == []


def test_a_changed_listing_is_found_by_its_new_words_only() -> None:
    listing = ListingFactory.create(title="Invoice")
    listing.title = "Receipt"
    listing.save(update_fields=["title"])
    assert titles(Query(text="invoice")) == []
    assert titles(Query(text="receipt")) == ["Receipt"]


def test_a_cursor_of_another_search_is_refused() -> None:
    ListingFactory.create_batch(3)
    cursor = find(Query(), limit=1).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidPosition):
        find(Query(sort=Sort.RECENT), limit=1, cursor=cursor)
    with pytest.raises(InvalidPosition):
        find(Query(), limit=1, cursor=cursor + "x")


def test_a_page_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ListingFactory.create_batch(5, title="Invoice")
    with django_assert_num_queries(2):
        page = find(Query(text="invoice"), limit=3)
        assert [listing.vendor.slug for listing in page.items]


def test_ranks_become_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiers, "FIRST_TIER_ROWS", 2)
    monkeypatch.setattr(tiers, "SECOND_TIER_ROWS", 3)
    for popularity in (5, 1, 4, 3, 2):
        ListingFactory.create(popularity=popularity)
    assert tiers.sort_into_tiers() == 3
    rows = Listing.objects.order_by("-popularity").values_list("tier", flat=True)
    assert list(rows) == [0, 0, 1, 2, 2]
    assert tiers.sort_into_tiers() == 0


@pytest.mark.postgres
def test_each_tier_has_its_index() -> None:
    query = "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'catalog_listing_%_tier_%'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert len(cursor.fetchall()) == 6


def test_a_vendors_name_is_no_word_of_its_titles() -> None:
    vendor = VendorFactory.create(slug="field-notes")
    ListingFactory.create(title="Other", vendor=vendor, popularity=10)
    ListingFactory.create(title="Release notes", popularity=1)
    assert titles(Query(text="notes")) == ["Release notes", "Other"]
