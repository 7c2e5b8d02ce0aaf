"""Fill a shelf in steps and time searches on it; run by `benchmarks.shelf` on its database."""

import os
import random
import sys
import time
from datetime import timedelta
from itertools import accumulate

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mog_site.settings")
django.setup()

from django.db import connection  # noqa: E402 (Django stands only now)
from django.utils import timezone  # noqa: E402 (as above)

from accounts.models import Namespace, User  # noqa: E402 (as above)
from catalog import tiers  # noqa: E402 (as above)
from catalog.models import Listing, Vendor  # noqa: E402 (as above)
from catalog.search.filters import Filters, words_of  # noqa: E402 (as above)
from catalog.search.find import find  # noqa: E402 (as above)
from catalog.search.query import Query, Sort  # noqa: E402 (as above)

_VOCABULARY = 30_000
_TIMES = 100
_BATCH = 2_000
_VENDORS = 500
_TYPES = ("skill", "rule", "bundle", "template", "mcp")


def main() -> None:
    """After each step, time every kind of search."""
    _open_vendors()
    filled = 0
    for size in map(int, sys.argv[1].split(",")):
        begun = time.perf_counter()
        _fill(filled, size)
        filled = size
        _say(f"\n{size:,} listings ({time.perf_counter() - begun:.0f} s to add)")
        _report()


def _open_vendors() -> None:
    user = User.objects.create(username="seller")
    slugs = [f"v{number}" for number in range(_VENDORS)]
    Namespace.objects.bulk_create(Namespace(slug=slug, skeleton=slug) for slug in slugs)
    Vendor.objects.bulk_create(
        Vendor(namespace=namespace, slug=namespace.slug, user=user, display_name=namespace.slug)
        for namespace in Namespace.objects.all()
    )


def _fill(first: int, last: int) -> None:
    """Add listings; popularity falls off as it does in every shop."""
    source = random.Random(first)  # noqa: S311 (no secret)
    vendors = list(Vendor.objects.all())
    weights = list(accumulate(1 / (rank + 1) for rank in range(_VOCABULARY)))
    moment = timezone.now()
    for start in range(first, last, _BATCH):
        rows = []
        for number in range(start, min(start + _BATCH, last)):
            words = [f"w{n}" for n in source.choices(range(_VOCABULARY), cum_weights=weights, k=60)]
            vendor = vendors[number % _VENDORS]
            row = Listing(
                vendor=vendor,
                slug=f"p{number}",
                name=f"{vendor.slug}/p{number}",
                title=" ".join(words[:4]),
                summary=" ".join(words[4:16]),
                readme_text=" ".join(words[16:]),
                tags=words[:2],
                type=source.choice(_TYPES),
                state="live",
                latest_version="1.0.0",
                released_at=moment - timedelta(minutes=source.randrange(500_000)),
                targets=["generic"],
                popularity=int(source.paretovariate(0.8)),
            )
            row.search_words = words_of(row)
            rows.append(row)
        Listing.objects.bulk_create(rows)
    tiers.sort_into_tiers()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_listing")


def _report() -> None:
    queries = {
        "common word": Query(text="w1"),
        "mid word": Query(text="w300"),
        "rare word": Query(text="w25000"),
        "two common words": Query(text="w2 w3"),
        "word nobody uses": Query(text="nothing"),
        "browse": Query(),
        "browse, newest": Query(sort=Sort.RECENT),
        "common word, a type and a tag": Query(text="w1", filters=Filters(type="skill", tag="w7")),
        "one vendor": Query(filters=Filters(vendor="v7")),
        "common word, newest": Query(text="w1", sort=Sort.RECENT),
        "rare word, newest": Query(text="w25000", sort=Sort.RECENT),
    }
    _say(f"{'':32}{'p50 ms':>10}{'p95 ms':>10}{'deep p50':>10}{'deep p95':>10}")
    for name, query in queries.items():
        first, deep = _times(query, pages=1), _times(query, pages=5)
        _say(f"{name:32}{first[0]:10.1f}{first[1]:10.1f}{deep[0]:10.1f}{deep[1]:10.1f}")


def _times(query: Query, *, pages: int) -> tuple[float, float]:
    """Return median and 95th percentile of the last of so many pages."""
    taken = []
    for _ in range(_TIMES):
        cursor = ""
        for _ in range(pages):
            begun = time.perf_counter()
            found = find(query, limit=20, cursor=cursor)
            seconds = time.perf_counter() - begun
            if found.next_cursor is None:
                break
            cursor = found.next_cursor
        taken.append(seconds * 1000)
    taken.sort()
    return taken[_TIMES // 2], taken[int(_TIMES * 0.95)]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
