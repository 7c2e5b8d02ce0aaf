"""A listing changes hands: who sells it then, and what cannot be taken over."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.errors import RoleRequired, StepUpRequired
from accounts.models import Membership, Organization, Role, User
from audit.actions import Action
from audit.models import Event
from catalog import transfers, vendors
from catalog.errors import NotTransferable, TransferEnded
from catalog.models import Listing, ListingState, TransferState, Vendor, Visibility
from catalog.search.filters import Filters
from catalog.search.find import find
from catalog.search.query import Query
from releases import (
    handovers,
    review,
)
from releases.models import Handover, Release
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import SellerAccountFactory
from tests.releases.people import staff
from tests.signed_in import sign_in
from tests.transfers import fresh, handed_over, offered, organizations_vendor, present

pytestmark = pytest.mark.django_db


class TestWhoSellsIt:
    def test_the_receiver_sells_it_under_the_name_it_has(
        self, listing: Listing, globex: Vendor, alice: User, bob: User, now: datetime
    ) -> None:
        moved = handed_over(listing, globex, now=now)
        assert (moved.vendor, moved.name, moved.namespace) == (globex, "acme/pdf-tools", "acme")
        assert moved.has_moved
        assert moved.is_verified
        assert moved in Listing.objects.sold_by(Bearer(bob, SELLER).actor)
        assert moved not in Listing.objects.sold_by(Bearer(alice, SELLER).actor)
        happened = Event.objects.filter(action=Action.TRANSFER_ACCEPTED)
        assert [json.loads(event.data)["listing"] for event in happened] == [listing.public_id]

    def test_it_carries_the_badge_that_its_seller_has_at_that_moment(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        vendors.set_verified(globex, is_verified=False, by=staff(), now=now)
        handovers.accept(made, by=present(bob), now=now)
        listing.refresh_from_db()
        assert not listing.is_verified

    def test_search_finds_it_with_its_new_seller_and_by_its_name(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        assert find(Query(filters=Filters(vendor="globex")), limit=9).items == [listing]
        assert find(Query(filters=Filters(vendor="globex", is_verified=True)), limit=9).items
        assert find(Query(filters=Filters(vendor="acme")), limit=9).items == []
        assert find(Query(text="acme"), limit=9).items == [listing]

    def test_its_address_stays_and_its_page_says_who_sells_it(
        self, client: Client, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        page = client.get("/acme/pdf-tools").content.decode()
        assert "Globex (globex)" in page
        assert "Its name begins with acme" in page
        assert "acme/pdf-tools" in client.get("/globex").content.decode()
        assert "acme/pdf-tools" not in client.get("/acme").content.decode()
        told = client.get("/v1/listings/acme/pdf-tools").json()
        assert (told["name"], told["vendor"]) == ("acme/pdf-tools", "globex")
        assert told["vendorDetails"]["id"] == globex.public_id

    def test_a_slug_that_the_receiver_uses_already_is_no_clash(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        theirs = ListingFactory.create(vendor=globex, slug="pdf-tools")
        moved = handed_over(listing, globex, now=now)
        assert {each.name for each in globex.listings.all()} == {moved.name, theirs.name}

    def test_it_can_go_back(
        self, listing: Listing, acme: Vendor, globex: Vendor, now: datetime
    ) -> None:
        moved = handed_over(listing, globex, now=now)
        back = handed_over(moved, acme, now=now + timedelta(hours=1))
        assert (back.vendor, back.has_moved) == (acme, False)

    def test_both_sides_are_told(
        self,
        listing: Listing,
        globex: Vendor,
        alice: User,
        bob: User,
        now: datetime,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        made = offered(listing, globex, now=now)
        with django_capture_on_commit_callbacks(execute=True):
            handovers.accept(made, by=present(bob), now=now)
        told = {
            letter.to[0]
            for letter in mailbox
            if letter.subject == f"{listing.name} has changed hands"
        }
        assert told == {alice.email, bob.email}


def test_a_paid_listing_may_go_to_a_vendor_without_payouts(
    listing: Listing, globex: Vendor, client: Client, bob: User, now: datetime
) -> None:
    offered(listing, globex, now=timezone.now())
    sign_in(client, bob)
    assert "is not set up for payouts" in client.get("/sell/transfers").content.decode()
    SellerAccountFactory.create(vendor=globex)
    assert "is not set up for payouts" not in client.get("/sell/transfers").content.decode()


class TestWhatIsRefused:
    def test_a_second_acceptance(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        handovers.accept(fresh(made), by=present(bob), now=now)
        with pytest.raises(TransferEnded, match="accepted"):
            handovers.accept(made, by=present(bob), now=now)
        assert Handover.objects.count() == 1

    def test_an_acceptance_after_its_time(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        with pytest.raises(TransferEnded, match="expired"):
            handovers.accept(made, by=present(bob), now=made.expires_at)
        self.assert_nothing_changed(listing)

    @pytest.mark.parametrize("state", [ListingState.HIDDEN, ListingState.RETIRED])
    def test_what_left_the_shelf_meanwhile(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime, state: str
    ) -> None:
        made = offered(listing, globex, now=now)
        Listing.objects.update(state=state)
        with pytest.raises(NotTransferable, match="not_on_shelf"):
            handovers.accept(made, by=present(bob), now=now)
        self.assert_nothing_changed(listing)
        assert fresh(made).state == TransferState.OPEN

    def test_what_staff_has_stopped_meanwhile(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        review.suspend(Release.objects.get(), reason="It steals keys.", by=staff(), now=now)
        with pytest.raises(NotTransferable, match="not_on_shelf"):
            handovers.accept(made, by=present(bob), now=now)

    def test_what_became_private_meanwhile(
        self, alice: User, globex: Vendor, now: datetime
    ) -> None:
        initech = organizations_vendor("initech", owner=alice)
        listing = ListingFactory.create(vendor=initech)
        made = transfers.offer(listing, to="globex", by=present(alice), now=now)
        Listing.objects.update(visibility=Visibility.PRIVATE)
        assert globex.user is not None
        with pytest.raises(NotTransferable, match="private"):
            handovers.accept(fresh(made), by=present(globex.user), now=now)

    def test_what_somebody_else_sells_by_now(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        Listing.objects.update(vendor=VendorFactory.create())
        with pytest.raises(NotTransferable, match="another_seller"):
            handovers.accept(made, by=present(bob), now=now)

    @pytest.mark.parametrize("end", ["leaves", "becomes a member", "is gone"])
    def test_an_offer_of_somebody_who_may_not_offer_any_more(
        self, alice: User, charlie: User, globex: Vendor, bob: User, now: datetime, end: str
    ) -> None:
        initech = organizations_vendor("initech", owner=charlie, admin=alice)
        listing = ListingFactory.create(vendor=initech)
        made = transfers.offer(listing, to="globex", by=present(alice), now=now)
        if end == "leaves":
            Membership.objects.filter(user=alice).delete()
        if end == "becomes a member":
            Membership.objects.filter(user=alice).update(role=Role.MEMBER)
        if end == "is gone":
            User.objects.filter(pk=alice.pk).update(is_active=False)
        with pytest.raises(NotTransferable, match="offerer_left"):
            handovers.accept(fresh(made), by=present(bob), now=now)
        assert fresh(made).state == TransferState.OPEN

    def test_the_giver_cannot_accept_for_the_receiver(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        with pytest.raises(Vendor.DoesNotExist):
            handovers.accept(offered(listing, globex, now=now), by=present(alice), now=now)

    def test_a_member_cannot_accept_for_an_organization(
        self, listing: Listing, bob: User, charlie: User, now: datetime
    ) -> None:
        initech = organizations_vendor("initech", owner=bob, member=charlie)
        made = offered(listing, initech, now=now)
        with pytest.raises(RoleRequired):
            handovers.accept(made, by=present(charlie), now=now)
        handovers.accept(fresh(made), by=present(bob), now=now)
        listing.refresh_from_db()
        assert listing.vendor == initech

    def test_a_stranger_and_a_token(
        self, listing: Listing, bob: User, charlie: User, now: datetime
    ) -> None:
        initech = organizations_vendor("initech", owner=bob)
        made = offered(listing, initech, now=now)
        with pytest.raises(Organization.DoesNotExist):
            handovers.accept(made, by=present(charlie), now=now)
        with pytest.raises(StepUpRequired):
            handovers.accept(made, by=Bearer(bob, "org read sell").actor, now=now)

    def assert_nothing_changed(self, listing: Listing) -> None:
        """Nobody sells it who did not before, and the trail knows of no acceptance."""
        listing.refresh_from_db()
        assert listing.vendor.slug == "acme"
        assert not Handover.objects.exists()
        assert not Event.objects.filter(action=Action.TRANSFER_ACCEPTED).exists()
