"""The sandbox's pages in Chromium: usable by keyboard, accessible, within their own policy."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings

from payments import stripe_port
from tests.chromium import Tab
from tests.fakes import payment_sandbox
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.flows.test_every_page import contrast_found_by_axe, found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.fixture
def shop(tmp_path: Path, event_receiver: Receiver, settings: Settings) -> Iterator[PaymentSandbox]:
    """A sandbox whose site really answers."""
    site = event_receiver.url.removesuffix("/webhooks/stripe")
    with payment_sandbox.running(tmp_path, webhook=event_receiver.url, site=site) as sandbox:
        settings.STRIPE_SECRET_KEY = payment_sandbox.KEY
        settings.STRIPE_API_URL = sandbox.url
        yield sandbox


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Tab]:
    """A tab without a past."""
    context = chromium.new_context()
    tab = Tab(context.new_page())
    tab.page.on("console", tab.hear)
    yield tab
    assert tab.refusals == []
    context.close()


def _intent() -> stripe_port.Intent:
    customer = stripe_port.create_customer(email="", name="bob", metadata={}, key="cus:1")
    charge = stripe_port.Charge(amount_cents=1200, currency="USD", customer_id=customer.id)
    return stripe_port.create_intent(charge, key="ord:1")


def test_a_payment_is_declined_asked_about_and_made_by_keyboard(
    shop: PaymentSandbox, visitor: Tab
) -> None:
    intent, page = _intent(), visitor.page
    back = quote(f"{shop.site}/wallet", safe="")
    page.goto(f"{shop.url}/confirm/{intent.client_secret}?return_url={back}")
    page.get_by_role("button", name="Decline").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    page.get_by_role("button", name="Needs authentication").press("Enter")
    page.get_by_role("button", name="Yes, it is me").press("Enter")
    page.wait_for_url(f"{shop.site}/wallet?*redirect_status=succeeded")
    assert stripe_port.retrieve_intent(intent.id).status == "succeeded"


def test_its_pages_are_accessible(shop: PaymentSandbox, visitor: Tab) -> None:
    account = stripe_port.create_account(email="", country="US", metadata={}, key="acct:1")
    link = stripe_port.create_account_link(
        account.id, return_url=f"{shop.site}/", refresh_url=f"{shop.site}/"
    )
    page = visitor.page
    for url in (f"{shop.url}/confirm/{_intent().client_secret}", link.url, f"{shop.url}/none"):
        page.emulate_media(color_scheme="light")
        page.goto(url)
        assert visitor.refusals == []
        assert found_by_axe(page) == []
        page.emulate_media(color_scheme="dark")
        assert contrast_found_by_axe(page) == []
        visitor.said.clear()  # axe itself writes styles, which the policy refuses
