"""A person pays by card in Chromium, under the site's own policy, and takes it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from accounts.models import User
from payments import card_refunds, ledger_check
from payments.models import CardRefund, Entitlement, Order
from tests import live as live_site
from tests.chromium import Tab
from tests.factories.catalog import ListingFactory
from tests.fakes import payment_sandbox
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.live import LiveSite
from tests.signed_in import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def shop(
    live: LiveSite, free_port: int, event_receiver: Receiver, tmp_path: Path, settings: Settings
) -> Iterator[tuple[PaymentSandbox, str]]:
    """A site and the provider that it is paid at, which know each other's addresses."""
    url, log = f"http://127.0.0.1:{free_port}", tmp_path / "web.log"
    running = payment_sandbox.running(tmp_path, webhook=event_receiver.url, site=url)
    with running as sandbox, log.open("wb") as output:
        settings.STRIPE_SECRET_KEY = payment_sandbox.KEY
        settings.STRIPE_API_URL = sandbox.url
        environment = live.environment | sandbox.environment | {"SITE_URL": url}
        process = live_site.start(free_port, environment=environment, to=output.fileno())
        try:
            live_site.wait_until_it_answers(url, process, log)
            yield sandbox, url
        finally:
            live_site.stop(process)


@pytest.fixture
def buyer(chromium: Browser, shop: tuple[PaymentSandbox, str], bob: User) -> Iterator[Tab]:
    """Bob, signed in."""
    client, url = Client(), shop[1]
    session = sign_in(client, bob)
    context = chromium.new_context(base_url=url)
    name, value = site_settings.SESSION_COOKIE_NAME, str(session.session_key)
    context.add_cookies([{"name": name, "value": value, "url": url}])
    tab = Tab(context.new_page())
    tab.page.on("console", tab.hear)
    yield tab
    assert tab.refusals == []
    context.close()


def test_a_card_pays_and_gets_its_money_back(buyer: Tab, shop: tuple[PaymentSandbox, str]) -> None:
    listing, page = ListingFactory.create(price_cents=499), buyer.page
    page.goto(f"/{listing.name}/purchase")
    page.get_by_role("button", name="Pay $4.99 by card").click()
    page.get_by_role("link", name="Pay by card").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    page.get_by_role("button", name="Pay", exact=False).first.click()
    expect(page.get_by_role("heading", name="Receipt")).to_be_visible()
    assert Entitlement.objects.active().get().order == Order.objects.get()
    page.locator("summary", has_text="Take it back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The money goes back to your card")).to_be_visible()
    card_refunds.send(CardRefund.objects.get().pk)
    page.reload()
    expect(page.get_by_text("Back on the card")).to_be_visible()
    assert shop[0].totals["refunds"] == 499
    assert list(ledger_check.faults()) == []


def test_a_card_is_saved_at_the_provider(buyer: Tab) -> None:
    page = buyer.page
    page.goto("/wallet/cards")
    page.get_by_role("button", name="Save a card").click()
    page.get_by_role("link", name="Go on to your card").click()
    page.get_by_role("button").first.click()
    expect(page.get_by_text("Visa ending in 4242")).to_be_visible()
