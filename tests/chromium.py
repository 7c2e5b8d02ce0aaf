"""Headless Chromium at the live site; what a page's own policy refuses fails its test."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.live import LiveSite
from tests.places import CHROMIUM


@dataclass
class Tab:
    """A page with what it told its console."""

    page: Page
    said: list[str] = field(default_factory=list)

    @property
    def refusals(self) -> list[str]:
        """Return what the content security policy refused."""
        return [line for line in self.said if "Content Security Policy" in line]

    def hear(self, message: ConsoleMessage) -> None:
        """Remember a line of the console."""
        self.said.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session."""
    # Playwright keeps an event loop in this thread, in which Django would refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def context(chromium: Browser, live: LiveSite) -> Iterator[BrowserContext]:
    """A browser without a past."""
    context = chromium.new_context(base_url=live.base_url)
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Tab]:
    """An empty tab."""
    tab = Tab(context.new_page())
    tab.page.on("console", tab.hear)
    yield tab
    assert tab.refusals == []
