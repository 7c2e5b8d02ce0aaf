"""From a mail's link through sign-in into an organization, in a browser without scripts."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Membership, Role
from tests.factories.accounts import InvitationFactory
from tests.fakes.code_grant import Person
from tests.live import LiveSite
from tests.organizations import Team

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_TOKEN = "k7Jq" * 10


@pytest.fixture
def page(chromium: Browser, live: LiveSite) -> Iterator[Page]:
    """A browser in which nobody is signed in."""
    context = chromium.new_context(base_url=live.base_url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_who_is_signed_out_signs_in_comes_back_and_joins(page: Page) -> None:
    acme = Team()
    acme.joined(Role.OWNER)
    InvitationFactory.create(
        organization=acme.organization,
        email=Person().email,
        token=_TOKEN,
        created_at=timezone.now(),
    )
    told: list[str] = []
    page.on("request", lambda asked: told.append(asked.headers.get("referer", "")))
    page.goto(f"/invites/{_TOKEN}")
    page.get_by_role("button", name="Continue with GitHub").click()
    expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Acme")).to_be_visible()
    assert Membership.objects.filter(role=Role.MEMBER).count() == 1
    assert len(told) > 5
    assert [referer for referer in told if _TOKEN in referer] == []
