"""The pages on which a person fills their wallet."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from payments import card_page, stripe_port
from payments.models import TopUp, TopUpState
from tests import signed_in
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.paying import balance, pay

pytestmark = pytest.mark.django_db

PAGE = "/wallet/top-up"


@pytest.fixture
def browser(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's browser."""
    client = Client()
    signed_in.sign_in(client, bob)
    return client


def send(browser: Client, amount: str = "10.00", *, key: str = "") -> Any:
    """Send the form."""
    return browser.post(PAGE, {"amount": amount, "key": key or str(uuid.uuid4())})


def begun(browser: Client) -> TopUp:
    """Send the form; return the top-up it began."""
    assert send(browser).status_code == 302
    return TopUp.objects.get()


def page_of(top_up: TopUp) -> str:
    """Return where it is shown."""
    return f"/wallet/top-ups/{top_up.public_id}"


def test_it_leads_from_the_form_to_the_card_and_back(
    browser: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    assert b"Top up your wallet" in browser.get(PAGE).content
    answer = send(browser, "12.34")
    top_up = TopUp.objects.get()
    assert (answer["Location"], top_up.amount_cents) == (page_of(top_up), 1234)
    shown = browser.get(answer["Location"]).content
    assert b"Waiting for your payment" in shown
    assert f'href="{page_of(top_up)}/pay"'.encode() in shown
    away = urlsplit(browser.get(f"{page_of(top_up)}/pay")["Location"])
    assert f"{away.scheme}://{away.netloc}" == sandbox.url
    assert away.path.startswith(f"/confirm/{top_up.intent_id}_secret_")
    back = parse_qs(away.query)["return_url"]
    assert back == [f"{settings.SITE_URL}{page_of(top_up)}"]
    pay(sandbox, top_up)
    assert b"It is in your wallet" in browser.get(page_of(top_up)).content
    assert balance(bob) == 1234


def test_what_the_browser_brings_back_is_not_believed(
    browser: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    top_up = begun(browser)
    said = {"payment_intent": str(top_up.intent_id), "redirect_status": "succeeded"}
    assert b"Waiting for your payment" in browser.get(page_of(top_up), said).content
    assert balance(bob) == 0


def test_a_decline_offers_another_card(browser: Client, sandbox: PaymentSandbox) -> None:
    top_up = begun(browser)
    pay(sandbox, top_up, "decline")
    shown = browser.get(page_of(top_up)).content
    assert b"The bank declined the card. Nothing was taken." in shown
    assert b"Try another card" in shown


def test_the_same_form_sent_twice_is_one_top_up(browser: Client) -> None:
    key = str(uuid.uuid4())
    assert send(browser, key=key)["Location"] == send(browser, key=key)["Location"]
    assert TopUp.objects.count() == 1


def test_a_form_that_was_shown_for_another_wallet_fills_none(
    bob: User, sandbox: PaymentSandbox
) -> None:
    acme = OrganizationFactory.create()
    MembershipFactory.create(organization=acme, user=bob)
    browser = signed_in.acting_for(acme, bob)
    assert f'name="acting_for" value="{acme.public_id}"' in browser.get(PAGE).content.decode()
    browser.post("/settings/acting", {"organization": ""})
    form = {"amount": "10.00", "key": str(uuid.uuid4()), "acting_for": acme.public_id}
    answer = browser.post(PAGE, form, follow=True)
    assert b"You act for somebody else now" in answer.content
    assert acme.public_id not in answer.content.decode()
    assert not TopUp.objects.exists()


def test_another_amount_under_the_same_form_is_asked_about(browser: Client) -> None:
    key = str(uuid.uuid4())
    send(browser, key=key)
    answer = send(browser, "20.00", key=key)
    assert (answer.status_code, b"was sent before" in answer.content) == (422, True)
    assert key.encode() not in answer.content


@pytest.mark.parametrize("amount", ["", "4.99", "500.01", "-10", "ten", "1e3", "NaN", "10.001"])
def test_other_amounts_are_explained(browser: Client, amount: str) -> None:
    assert send(browser, amount).status_code == 422
    assert not TopUp.objects.exists()


def test_a_provider_that_is_away_keeps_the_form(browser: Client, sandbox: PaymentSandbox) -> None:
    sandbox.control("faults", path="/v1/payment_intents", fault="rate_limited", times="1")
    key = str(uuid.uuid4())
    answer = send(browser, key=key)
    assert (answer.status_code, b"nothing was taken" in answer.content) == (422, True)
    assert key.encode() in answer.content
    assert send(browser, key=key).status_code == 302
    assert TopUp.objects.count() == len(stripe_port.list_intents()) == 1


def test_a_provider_that_is_away_later_leaves_the_page_as_it_is(
    browser: Client, sandbox: PaymentSandbox
) -> None:
    top_up = begun(browser)
    pay(sandbox, top_up)
    sandbox.control("faults", path="/v1/payment_intents", fault="rate_limited", times="1")
    assert b"Waiting for your payment" in browser.get(page_of(top_up)).content
    assert b"It is in your wallet" in browser.get(page_of(top_up)).content


def test_a_strangers_top_up_is_not_there(browser: Client, charlie: User) -> None:
    top_up = begun(browser)
    stranger = Client()
    assert stranger.get(page_of(top_up)).status_code == 302
    signed_in.sign_in(stranger, charlie)
    for path in (page_of(top_up), f"{page_of(top_up)}/pay"):
        assert stranger.get(path).status_code == 404


def test_what_has_ended_is_not_paid_again(browser: Client, sandbox: PaymentSandbox) -> None:
    top_up = begun(browser)
    pay(sandbox, top_up)
    browser.get(page_of(top_up))
    assert browser.get(f"{page_of(top_up)}/pay")["Location"] == page_of(top_up)
    top_up.refresh_from_db()
    assert top_up.state == TopUpState.SUCCEEDED


def test_what_was_paid_a_moment_ago_is_not_paid_again(
    browser: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    top_up = begun(browser)
    pay(sandbox, top_up)
    assert browser.get(f"{page_of(top_up)}/pay")["Location"] == page_of(top_up)
    assert balance(bob) == top_up.amount_cents


def test_only_the_page_that_pays_lets_the_provider_in(browser: Client) -> None:
    top_up = begun(browser)
    policy = browser.get(f"{page_of(top_up)}/pay")["Content-Security-Policy"]
    assert "frame-src https://js.stripe.com" in policy
    assert "unsafe" not in policy
    assert "stripe" not in browser.get(page_of(top_up))["Content-Security-Policy"]


def test_at_the_real_provider_the_card_form_is_its_own(settings: Settings) -> None:
    settings.STRIPE_API_URL = ""
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_1"
    assert card_page.sandbox_url("pi_1_secret_1", back="http://site.example/") == ""
    facts = card_page.facts("pi_1_secret_1", back="/back")
    shown = render_to_string("payments/pay.html", {"amount_cents": 1000, **facts})
    assert '<script src="https://js.stripe.com/endive/stripe.js">' in shown
    assert 'data-key="pk_test_1"' in shown
    assert 'data-secret="pi_1_secret_1"' in shown
