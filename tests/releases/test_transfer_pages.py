"""Packages that change hands, in the browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from catalog.models import Listing, ListingTransfer, TransferState, Vendor
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import ListingFactory
from tests.signed_in import sign_in
from tests.transfers import fresh, offered, organizations_vendor

pytestmark = pytest.mark.django_db

OFFER = "/acme/pdf-tools/transfer"
OVERVIEW = "/sell/transfers"


@pytest.fixture
def transfer(listing: Listing, globex: Vendor) -> ListingTransfer:
    """Alice's offer to Bob."""
    return offered(listing, globex, now=timezone.now())


def browser(user: User, *, proven_ago: timedelta = timedelta()) -> Client:
    """Return somebody's browser."""
    client = Client()
    sign_in(client, user, proven_ago=proven_ago)
    return client


def address(transfer: ListingTransfer, act: str) -> str:
    """Return where an act about an offer is sent."""
    return f"{OVERVIEW}/{transfer.public_id}/{act}"


class TestOffering:
    def test_from_the_edit_page_to_the_offer(
        self, listing: Listing, globex: Vendor, alice: User
    ) -> None:
        client = browser(alice)
        assert OFFER in client.get("/acme/pdf-tools/edit").content.decode()
        assert "What changes once they accept" in client.get(OFFER).content.decode()
        assert client.post(OFFER, {"to": " globex "})["Location"] == OVERVIEW
        made = ListingTransfer.objects.get()
        assert (made.to_vendor, made.state) == (globex, TransferState.OPEN)
        page = client.get("/acme/pdf-tools/edit").content.decode()
        assert OFFER not in page
        assert "It is offered to" in page

    @pytest.mark.parametrize(
        ("to", "words"),
        [
            ("acme", "sells it already"),
            ("nobody", "Nobody sells under this name"),
            ("", "required"),
            ("x" * 33, "at most 32"),
        ],
    )
    def test_what_cannot_be_is_said_on_the_form(
        self, listing: Listing, alice: User, to: str, words: str
    ) -> None:
        answer = browser(alice).post(OFFER, {"to": to})
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
        assert not ListingTransfer.objects.exists()

    def test_a_second_one_is_refused(self, transfer: ListingTransfer, alice: User) -> None:
        answer = browser(alice).post(OFFER, {"to": "globex"})
        assert answer.status_code == 422
        assert "offered to somebody already" in answer.content.decode()

    def test_too_many_are_refused(
        self, listing: Listing, globex: Vendor, alice: User, settings: Settings
    ) -> None:
        settings.TRANSFERS_A_DAY = 1
        offered(ListingFactory.create(vendor=listing.vendor), globex, now=timezone.now())
        answer = browser(alice).post(OFFER, {"to": "globex"})
        assert "as you can offer in a day" in answer.content.decode()

    def test_what_is_not_on_the_shelf_is_not_offered(
        self, listing: Listing, globex: Vendor, alice: User
    ) -> None:
        Listing.objects.update(state="hidden")
        client = browser(alice)
        assert OFFER not in client.get("/acme/pdf-tools/edit").content.decode()
        answer = client.post(OFFER, {"to": "globex"})
        assert "not on the shelf" in answer.content.decode()

    def test_a_proof_that_is_too_old_leads_to_step_up(
        self, listing: Listing, globex: Vendor, alice: User
    ) -> None:
        client = browser(alice, proven_ago=timedelta(minutes=11))
        for answer in (client.get(OFFER), client.post(OFFER, {"to": "globex"})):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/step-up")
        assert not ListingTransfer.objects.exists()

    def test_strangers_and_tokens_get_nowhere(
        self, listing: Listing, globex: Vendor, alice: User, charlie: User
    ) -> None:
        assert browser(charlie).get(OFFER).status_code == 404
        assert browser(charlie).post(OFFER, {"to": "globex"}).status_code == 404
        assert Client().get(OFFER)["Location"].startswith("/sign-in")
        assert Bearer(alice, SELLER).client.post(OFFER, {"to": "globex"}).status_code == 401


class TestAnswering:
    def test_it_is_taken(
        self, transfer: ListingTransfer, listing: Listing, globex: Vendor, bob: User
    ) -> None:
        client = browser(bob)
        assert "Take this package over" in client.get(OVERVIEW).content.decode()
        assert client.post(address(transfer, "acceptance"))["Location"] == OVERVIEW
        listing.refresh_from_db()
        assert listing.vendor == globex
        page = client.get(OVERVIEW).content.decode()
        assert "is yours to sell" in page
        assert "Take this package over" not in page

    def test_it_is_left(self, transfer: ListingTransfer, bob: User) -> None:
        browser(bob).post(address(transfer, "rejection"))
        assert fresh(transfer).state == TransferState.REJECTED

    def test_it_is_called_back(self, transfer: ListingTransfer, alice: User) -> None:
        client = browser(alice)
        assert "Call this offer back" in client.get(OVERVIEW).content.decode()
        client.post(address(transfer, "withdrawal"))
        assert fresh(transfer).state == TransferState.CALLED_BACK

    def test_twice_is_once(self, transfer: ListingTransfer, bob: User) -> None:
        client = browser(bob)
        client.post(address(transfer, "acceptance"))
        again = client.post(address(transfer, "acceptance"), follow=True)
        assert "not open any more" in again.content.decode()

    def test_what_left_the_shelf_is_said(
        self, transfer: ListingTransfer, listing: Listing, bob: User
    ) -> None:
        Listing.objects.update(state="retired")
        answer = browser(bob).post(address(transfer, "acceptance"), follow=True)
        assert "not on the shelf" in answer.content.decode()
        assert fresh(transfer).state == TransferState.OPEN

    def test_one_that_has_lapsed_shows_so_to_both(
        self, transfer: ListingTransfer, alice: User, bob: User
    ) -> None:
        before = timezone.now() - timedelta(days=8)
        ListingTransfer.objects.update(offered_at=before, expires_at=before + timedelta(days=7))
        for user in (alice, bob):
            page = browser(user).get(OVERVIEW).content.decode()
            assert "expired" in page
            assert "<form" not in page.partition("<main")[2]
        answer = browser(bob).post(address(transfer, "acceptance"), follow=True)
        assert "not open any more" in answer.content.decode()

    @pytest.mark.parametrize("act", ["acceptance", "rejection", "withdrawal"])
    def test_strangers_get_404_and_the_wrong_side_too(
        self, transfer: ListingTransfer, alice: User, bob: User, charlie: User, act: str
    ) -> None:
        assert browser(charlie).post(address(transfer, act)).status_code == 404
        wrong = bob if act == "withdrawal" else alice
        assert browser(wrong).post(address(transfer, act)).status_code == 404
        assert browser(wrong).get(address(transfer, act)).status_code == 405
        assert Client().post(address(transfer, act))["Location"].startswith("/sign-in")
        assert Bearer(bob, SELLER).client.post(address(transfer, act)).status_code == 401
        assert fresh(transfer).state == TransferState.OPEN

    @pytest.mark.parametrize("act", ["acceptance", "rejection", "withdrawal"])
    def test_a_proof_that_is_too_old_leads_to_step_up(
        self, transfer: ListingTransfer, alice: User, bob: User, act: str
    ) -> None:
        user = alice if act == "withdrawal" else bob
        answer = browser(user, proven_ago=timedelta(minutes=11)).post(address(transfer, act))
        assert answer["Location"].startswith("/step-up")
        assert fresh(transfer).state == TransferState.OPEN

    @pytest.mark.parametrize("act", ["acceptance", "rejection"])
    def test_a_member_sees_it_and_may_not(
        self, listing: Listing, bob: User, charlie: User, act: str
    ) -> None:
        initech = organizations_vendor("initech", owner=bob, member=charlie)
        made = offered(listing, initech, now=timezone.now())
        member = browser(charlie)
        page = member.get(OVERVIEW).content.decode()
        assert "An owner or admin of initech decides" in page
        assert "Take this package over" not in page
        assert member.post(address(made, act)).status_code == 403
        assert fresh(made).state == TransferState.OPEN
        assert browser(bob).post(address(made, act)).status_code == 302
        assert fresh(made).state != TransferState.OPEN

    def test_a_stranger_sees_an_empty_page(self, transfer: ListingTransfer, charlie: User) -> None:
        assert "No offers" in browser(charlie).get(OVERVIEW).content.decode()

    def test_many_cost_as_much_as_one(
        self,
        listing: Listing,
        globex: Vendor,
        alice: User,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        client = browser(alice)
        for _ in range(3):
            offered(ListingFactory.create(vendor=listing.vendor), globex, now=timezone.now())
        client.get(OVERVIEW)
        with django_assert_num_queries(6):  # session, actor, whose, offers, decides, paid out
            client.get(OVERVIEW)
