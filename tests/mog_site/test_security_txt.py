"""`/.well-known/security.txt`, RFC 9116."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mog_site.pages.security_txt import compose


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a file in which each occurs once."""
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


@pytest.mark.django_db
def test_it_is_served_as_plain_text_in_utf_8(client: Client) -> None:
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")


def test_it_names_an_address_to_write_to(now: datetime) -> None:
    assert fields_of(compose(now=now))["Contact"] == "mailto:security@mog.md"


def test_it_expires_more_than_a_month_and_less_than_a_year_from_today() -> None:
    now = timezone.now()
    expires = datetime.fromisoformat(fields_of(compose(now=now))["Expires"])
    assert timedelta(days=30) < expires - now < timedelta(days=365)


def test_it_stays_the_same_for_a_day() -> None:
    morning = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)
    assert compose(now=morning) == compose(now=morning + timedelta(hours=23))


def test_it_says_which_address_is_the_genuine_one(now: datetime) -> None:
    assert fields_of(compose(now=now))["Canonical"].endswith("/.well-known/security.txt")
