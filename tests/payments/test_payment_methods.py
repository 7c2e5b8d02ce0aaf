"""Saved cards: entered at the provider, shown, chosen and forgotten here, one's own only."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from audit.actions import Action
from audit.models import Event
from payments import payment_methods, stripe_port
from payments.models import Payer
from tests import signed_in
from tests.bearer import Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.fakes.payment_sandbox import PaymentSandbox

pytestmark = pytest.mark.django_db

PATH = "/v1/wallet/payment-methods"


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token for his account, at a provider that is there."""
    return Bearer(bob, "account read").client


def saved(client: Client, sandbox: PaymentSandbox) -> str:
    """Save a card as its owner and the webhook do; return its id."""
    setup_id = client.post(PATH).json()["clientSecret"].partition("_secret_")[0]
    sandbox.control(f"intents/{setup_id}/pay")
    assert payment_methods.settle_setup(setup_id, timezone.now())
    return stripe_port.retrieve_setup_intent(setup_id).payment_method_id or ""


def cards(client: Client) -> list[dict[str, Any]]:
    """Return the cards that are listed."""
    found: list[dict[str, Any]] = client.get(PATH).json()["items"]
    return found


def test_without_any_the_provider_is_not_asked(client: Client, sandbox: PaymentSandbox) -> None:
    assert cards(client) == []
    assert sandbox.requests == []


def test_the_first_card_is_the_default(client: Client, sandbox: PaymentSandbox) -> None:
    first, second = saved(client, sandbox), saved(client, sandbox)
    listed = [(card["id"], card["isDefault"], card["last4"]) for card in cards(client)]
    assert listed == [(second, False, "4242"), (first, True, "4242")]
    assert Event.objects.filter(action=Action.CARD_CHOSEN).count() == 1


def test_another_becomes_the_default(client: Client, sandbox: PaymentSandbox) -> None:
    first, second = saved(client, sandbox), saved(client, sandbox)
    assert client.put(f"{PATH}/{second}/default").status_code == 204
    assert Payer.objects.get().default_method_id == second
    assert first != second


def test_a_removed_card_is_charged_no_more(client: Client, sandbox: PaymentSandbox) -> None:
    card = saved(client, sandbox)
    assert client.delete(f"{PATH}/{card}").status_code == 204
    assert (cards(client), Payer.objects.get().default_method_id) == ([], "")
    assert client.delete(f"{PATH}/{card}").status_code == 404
    assert Event.objects.filter(action=Action.CARD_REMOVED).count() == 1


def test_one_removed_at_the_provider_is_no_default(client: Client, sandbox: PaymentSandbox) -> None:
    card = saved(client, sandbox)
    stripe_port.detach_payment_method(card, key="a:1")
    assert payment_methods.settle_method(card, timezone.now())
    assert Payer.objects.get().default_method_id == ""


def test_anothers_card_is_not_there(client: Client, charlie: User, sandbox: PaymentSandbox) -> None:
    card = saved(client, sandbox)
    stranger = Bearer(charlie, "account read").client
    assert stranger.delete(f"{PATH}/{card}").status_code == 404
    assert stranger.put(f"{PATH}/{card}/default").status_code == 404
    assert client.put(f"{PATH}/pm_nothing/default").status_code == 404
    assert len(cards(client)) == 1


def test_a_declined_card_is_not_saved(client: Client, sandbox: PaymentSandbox) -> None:
    setup_id = client.post(PATH).json()["clientSecret"].partition("_secret_")[0]
    sandbox.control(f"intents/{setup_id}/decline")
    payment_methods.settle_setup(setup_id, timezone.now())
    assert cards(client) == []


def test_a_token_for_reading_changes_nothing(
    client: Client, bob: User, sandbox: PaymentSandbox
) -> None:
    card = saved(client, sandbox)
    reader = Bearer(bob, "read").client
    assert reader.post(PATH).json()["code"] == "missing_scope"
    assert reader.delete(f"{PATH}/{card}").json()["code"] == "missing_scope"


def test_a_person_saves_and_removes_a_card(bob: User, sandbox: PaymentSandbox) -> None:
    browser = Client()
    signed_in.sign_in(browser, bob)
    assert b"No cards yet" in browser.get("/wallet/cards").content
    onwards = browser.post("/wallet/cards/new")["Location"]
    links = re.findall(r'href="([^"]*/confirm/[^"]*)"', browser.get(onwards).content.decode())
    away = urlsplit(html.unescape(links[0]))
    assert away.netloc == f"127.0.0.1:{sandbox.port}"
    (back,) = parse_qs(away.query)["return_url"]
    setup_id = onwards.rpartition("/")[2]
    sandbox.control(f"intents/{setup_id}/pay")
    shown = browser.get(f"{urlsplit(back).path}?setup_intent={setup_id}", follow=True).content
    assert b"Visa ending in 4242" in shown
    assert b"Default" in shown
    card = Payer.objects.get().default_method_id
    assert (
        b"The card is removed" in browser.post(f"/wallet/cards/{card}/remove", follow=True).content
    )


def test_a_card_is_saved_to_no_other_wallet_than_the_one_that_was_shown(
    bob: User, sandbox: PaymentSandbox
) -> None:
    acme = OrganizationFactory.create()
    MembershipFactory.create(organization=acme, user=bob, role=Role.ADMIN)
    browser = signed_in.acting_for(acme, bob)
    shown = browser.get("/wallet/cards").content.decode()
    assert f'name="acting_for" value="{acme.public_id}"' in shown
    browser.post("/settings/acting", {"organization": ""})
    form = {"acting_for": acme.public_id}
    answer = browser.post("/wallet/cards/new", form, follow=True)
    assert b"You act for somebody else now" in answer.content
    assert not Payer.objects.filter(user=bob, customer_id__isnull=False).exists()
    assert browser.post("/wallet/cards/new", {"acting_for": ""})["Location"] != "/wallet/cards"


def test_anothers_setup_is_not_there(client: Client, charlie: User) -> None:
    setup_id = client.post(PATH).json()["clientSecret"].partition("_secret_")[0]
    browser = Client()
    signed_in.sign_in(browser, charlie)
    assert browser.get(f"/wallet/cards/new/{setup_id}").status_code == 404
    assert browser.get(f"/wallet/cards?setup_intent={setup_id}").status_code == 404
