"""Getting a package from its page."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing, ListingState
from payments import ledger
from payments.models import Account, Entitlement, Order
from tests.factories.catalog import ListingFactory
from tests.factories.payments import EntitlementFactory
from tests.money import fill
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


class TestAPrice:
    """Is shown before it is paid."""

    @pytest.fixture
    def listing(self) -> Listing:
        return ListingFactory.create(slug="pdf", vendor__slug="acme", price_cents=499)

    @pytest.fixture
    def buyer(self, client: Client, bob: User, listing: Listing) -> Client:
        sign_in(client, bob)
        return client

    def pay(self, client: Client, cents: object = 499) -> tuple[str, str]:
        """Agree to a price; return where the person is led and what they are told."""
        answer = client.post(f"{PAGE}/purchase", {"price_cents": cents})
        said = "".join(str(message) for message in get_messages(answer.wsgi_request))
        return answer["Location"], said

    def test_stands_beside_what_is_in_the_wallet(self, buyer: Client, bob: User) -> None:
        fill(bob, 1_000)
        page = buyer.get(f"{PAGE}/purchase").content.decode()
        for text in ("$4.99", "$10.00", "$5.01", "Pay $4.99 from the wallet"):
            assert text in page

    def test_says_how_much_is_missing_and_offers_no_button(self, buyer: Client, bob: User) -> None:
        fill(bob, 100)
        page = buyer.get(f"{PAGE}/purchase").content.decode()
        assert "$3.99" in page
        assert "from the wallet" not in page

    def test_is_paid_and_leads_to_the_receipt(self, buyer: Client, bob: User) -> None:
        wallet = fill(bob, 1_000)
        where, said = self.pay(buyer)
        order = Order.objects.get()
        assert where == f"/orders/{order.public_id}"
        assert said == "PDF tools is in your library."
        assert ledger.balance_of(wallet) == 501
        assert order.policy is None

    def test_is_paid_once_by_whoever_presses_twice(self, buyer: Client, bob: User) -> None:
        wallet = fill(bob, 1_000)
        self.pay(buyer)
        assert self.pay(buyer)[0] == PAGE
        assert ledger.balance_of(wallet) == 501

    @pytest.mark.parametrize("cents", ["", "abc", "-1", "4.99", "9" * 40, "\u0661"])
    def test_is_not_paid_before_it_was_seen(self, buyer: Client, bob: User, cents: str) -> None:
        fill(bob, 1_000)
        assert self.pay(buyer, cents) == (f"{PAGE}/purchase", "")
        assert not Order.objects.exists()

    def test_that_has_risen_meanwhile_is_shown_anew(self, buyer: Client, bob: User) -> None:
        fill(bob, 1_000)
        where, said = self.pay(buyer, 498)
        assert where == f"{PAGE}/purchase"
        assert "price has changed" in said
        assert not Order.objects.exists()

    def test_is_not_paid_from_too_little(self, buyer: Client, bob: User) -> None:
        fill(bob, 498)
        where, said = self.pay(buyer)
        assert where == f"{PAGE}/purchase"
        assert "too little" in said

    def test_is_not_paid_from_a_frozen_wallet(self, buyer: Client, bob: User) -> None:
        wallet = fill(bob, 1_000)
        Account.objects.filter(pk=wallet.pk).update(frozen_at=timezone.now())
        assert "frozen" in self.pay(buyer)[1]
        assert "frozen" in buyer.get(f"{PAGE}/purchase").content.decode()

    def test_is_nothing_for_who_has_it(self, buyer: Client, bob: User, listing: Listing) -> None:
        EntitlementFactory.create(user=bob, listing=listing)
        assert buyer.get(f"{PAGE}/purchase")["Location"] == PAGE

    def test_is_nothing_for_the_seller(self, client: Client, listing: Listing) -> None:
        seller = listing.vendor.user
        assert seller is not None
        sign_in(client, seller)
        assert client.get(f"{PAGE}/purchase")["Location"] == PAGE
        where, said = self.pay(client)
        assert where == PAGE
        assert "nothing to buy" in said

    def test_leads_there_from_the_listing(self, buyer: Client) -> None:
        assert f'href="{PAGE}/purchase"' in buyer.get(PAGE).content.decode()


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
