"""Getting a free package from its page."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from catalog.models import ListingState
from payments.models import Entitlement
from tests.factories.catalog import ListingFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/acme/pdf"


def buy(client: Client) -> str:
    """Send the form; return what the person is told."""
    answer = client.post(f"{PAGE}/purchase")
    assert answer["Location"] == PAGE
    return "".join(str(message) for message in get_messages(answer.wsgi_request))


def test_a_free_package_is_in_the_library_at_once(client: Client, bob: User) -> None:
    listing = ListingFactory.create(slug="pdf", vendor__slug="acme")
    sign_in(client, bob)
    assert buy(client) == "PDF tools is in your library."
    entitlement = Entitlement.objects.get()
    assert (entitlement.user, entitlement.listing) == (bob, listing)
    assert "In your library" in client.get(PAGE).content.decode()


def test_getting_it_twice_is_getting_it_once(client: Client, bob: User) -> None:
    ListingFactory.create(slug="pdf", vendor__slug="acme")
    sign_in(client, bob)
    buy(client)
    buy(client)
    assert Entitlement.objects.count() == 1


def test_a_price_cannot_be_paid_yet(client: Client, bob: User) -> None:
    ListingFactory.create(slug="pdf", vendor__slug="acme", price_cents=499)
    sign_in(client, bob)
    assert "nothing here takes money yet" in buy(client)
    assert not Entitlement.objects.exists()


def test_a_draft_of_ones_own_takes_no_buyers(client: Client, alice: User) -> None:
    ListingFactory.create(
        slug="pdf", vendor__slug="acme", vendor__user=alice, state=ListingState.DRAFT
    )
    sign_in(client, alice)
    assert "takes no new buyers" in buy(client)


def test_what_one_may_not_see_cannot_be_got(client: Client, charlie: User) -> None:
    ListingFactory.create(slug="pdf", vendor__slug="acme", state=ListingState.HIDDEN)
    sign_in(client, charlie)
    assert client.post(f"{PAGE}/purchase").status_code == 404


def test_who_is_not_signed_in_is_led_to_do_so(client: Client) -> None:
    ListingFactory.create(slug="pdf", vendor__slug="acme")
    answer = client.post(f"{PAGE}/purchase")
    assert answer["Location"].startswith("/sign-in?next=")


def test_a_form_from_elsewhere_gets_nothing(bob: User) -> None:
    ListingFactory.create(slug="pdf", vendor__slug="acme")
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, bob)
    assert strict.post(f"{PAGE}/purchase").status_code == 403
    assert not Entitlement.objects.exists()
