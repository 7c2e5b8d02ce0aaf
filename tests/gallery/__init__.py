"""Every page of the site in each of its states, for tests that look at all of them."""

from collections.abc import Callable

from tests.gallery import (
    acting,
    errors,
    money_pages,
    organizations,
    people,
    selling,
    shelf,
    staff_at_work,
)
from tests.gallery.visit import Visit

__all__ = ["PAGES", "Visit"]

PAGES: dict[str, Callable[[Visit], None]] = (
    shelf.PAGES
    | selling.PAGES
    | people.PAGES
    | money_pages.PAGES
    | organizations.PAGES
    | acting.PAGES
    | errors.PAGES
    | staff_at_work.PAGES
)
