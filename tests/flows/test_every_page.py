"""Every page in each of its states: accessible, readable on a phone, within its own policy."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.chromium import Tab
from tests.gallery import PAGES, Visit
from tests.live import LiveSite

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_PHONE_WIDTH = 360
# Without it axe fetches every style sheet again, for rules that are not among these.
_SETTINGS = {"resultTypes": ["violations"], "preload": False}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_light_and_dark_and_fits_a_phone(
    name: str, live: LiveSite, context: BrowserContext, tab: Tab
) -> None:
    page = tab.page
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    PAGES[name](Visit(live, context, page))
    assert tab.refusals == []
    assert found_by_axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert contrast_found_by_axe(page) == []
    page.set_viewport_size({"width": _PHONE_WIDTH, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE_WIDTH
    assert page.locator("h1").count() == 1
    tab.said.clear()  # axe itself writes styles, which the policy refuses


def test_a_planted_fault_is_found(live: LiveSite, tab: Tab) -> None:
    tab.page.goto("/")
    tab.page.locator("h1").evaluate("heading => heading.innerHTML = '<img src=/static/x.png>'")
    tab.page.locator(".home-hero__lead").evaluate("lead => lead.style.color = '#bbb'")
    assert [line.partition(":")[0] for line in found_by_axe(tab.page)] == [
        "color-contrast",
        "empty-heading",
        "image-alt",
    ]
    tab.said.clear()


def found_by_axe(page: Page) -> list[str]:
    """Return what axe objects to: the rule and where."""
    return _lines(Axe().run(page, options=_SETTINGS).response)


def contrast_found_by_axe(page: Page) -> list[str]:
    """Return what of that depends on colours, on a page where axe has run before."""
    settings = _SETTINGS | {"runOnly": ["color-contrast", "link-in-text-block"]}
    return _lines(page.evaluate("settings => axe.run(settings)", settings))


def _lines(response: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in response["violations"]
        for node in violation["nodes"]
    ]
