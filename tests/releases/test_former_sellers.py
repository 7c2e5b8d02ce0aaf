"""Whoever gave a listing away keeps what they have earned, and can do no more with it."""

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from catalog import listings, transfers
from catalog.errors import NotItsSeller
from catalog.models import Listing, ListingState, Vendor
from payments import accounts, earnings, sales
from payments.models import Order
from releases import (
    campaigns,
    disputes,
    downloads,
    handovers,
    publishing,
    review,
)
from releases.errors import EntitlementRequired
from releases.models import Release
from releases.states import State
from scanning.models import Finding
from tests import shelf
from tests.bearer import BUYER, SELLER, Bearer
from tests.factories.payments import EntitlementFactory, OrderFactory
from tests.factories.scanning import FindingFactory
from tests.money import fill
from tests.releases.conftest import send
from tests.releases.people import staff
from tests.signed_in import sign_in
from tests.transfers import handed_over, offered, present

pytestmark = pytest.mark.django_db


class TestWhatStaysWithTheGiver:
    def test_what_was_earned_before(
        self, listing: Listing, acme: Vendor, globex: Vendor, alice: User, bob: User, now: datetime
    ) -> None:
        order = OrderFactory.create(listing=listing)
        handed_over(listing, globex, now=now)
        assert order in sales.sales_of(Bearer(alice, SELLER).actor)
        assert order not in sales.sales_of(Bearer(bob, SELLER).actor)
        assert earnings.of(acme, now=order.created_at).held_cents == order.seller_cents
        assert earnings.of(globex, now=order.created_at).held_cents == 0

    def test_a_later_sale_is_the_receivers(
        self, listing: Listing, acme: Vendor, globex: Vendor, charlie: User, now: datetime
    ) -> None:
        fill(charlie, 1_000)
        handed_over(listing, globex, now=now)
        answer = Bearer(charlie, BUYER).client.post(
            "/v1/purchases",
            {"listing": listing.name},
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
        assert answer.status_code == 201, answer.json()
        assert Order.objects.get().vendor == globex
        assert accounts.payable_of(globex).balance_cents == 449
        assert accounts.payable_of(acme).balance_cents == 0

    def test_who_gave_it_away_buys_it_as_everybody(
        self, listing: Listing, globex: Vendor, alice: User, bob: User, now: datetime
    ) -> None:
        moved, today = handed_over(listing, globex, now=now), timezone.now()
        with pytest.raises(EntitlementRequired):
            downloads.issue_ticket(moved, version=None, by=Bearer(alice, BUYER).actor, now=today)
        assert downloads.issue_ticket(moved, version=None, by=Bearer(bob, BUYER).actor, now=today)

    def test_who_has_it_keeps_it(
        self, listing: Listing, globex: Vendor, charlie: User, now: datetime
    ) -> None:
        EntitlementFactory.create(listing=listing, user=charlie)
        moved, today = handed_over(listing, globex, now=now), timezone.now()
        assert downloads.issue_ticket(
            moved, version=None, by=Bearer(charlie, BUYER).actor, now=today
        )


class TestWhatIsOver:
    """What whoever gave a listing away can do no more, with the credentials they have."""

    def test_uploads(self, seller: Client, listing: Listing, globex: Vendor, now: datetime) -> None:
        handed_over(listing, globex, now=now)
        status, told = send(seller, version="9.0.0")
        assert (status, told["code"]) == (403, "not_its_seller")
        assert Release.objects.count() == 1

    def test_a_form_in_the_browser_says_so(
        self, client: Client, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        sign_in(client, alice)
        file = SimpleUploadedFile("any.zip", b"PK")
        said = {"name": listing.name, "version": "9.0.0", "archive": file}
        answer = client.post("/sell/upload", said)
        assert answer.status_code == 422
        assert "Only its new seller uploads" in answer.content.decode()

    def test_the_receiver_uploads_under_the_old_name(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        status, _ = send(Bearer(bob, SELLER).client, version="9.0.0")
        assert status == 202
        assert Release.objects.get(version="9.0.0").listing == listing

    def test_the_receiver_has_no_other_name_of_the_givers(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        status, told = send(Bearer(bob, SELLER).client, name="acme/another")
        assert (status, told["code"]) == (404, "vendor_not_found")

    def test_a_stranger_learns_nothing_about_whose_it_is(
        self, listing: Listing, globex: Vendor, charlie: User, now: datetime
    ) -> None:
        handed_over(listing, globex, now=now)
        status, told = send(Bearer(charlie, SELLER).client, version="9.0.0")
        assert (status, told["code"]) == (404, "vendor_not_found")

    def test_pages_and_endpoints(
        self, client: Client, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        release = Release.objects.get()
        handed_over(listing, globex, now=now)
        sign_in(client, alice)
        assert client.get("/acme/pdf-tools/edit").status_code == 404
        assert client.post("/acme/pdf-tools/retirement").status_code == 404
        assert client.get("/acme/pdf-tools/transfer").status_code == 404
        page = f"/releases/{release.public_id}"
        assert client.get(page).status_code == 404
        assert client.post(f"{page}/withdrawal", {"reason": "Mine."}).status_code == 404
        assert "pdf-tools" not in client.get("/sell").content.decode()
        api = Bearer(alice, SELLER).client
        assert api.get("/v1/vendor/releases").json()["items"] == []
        assert api.get(f"/v1/vendor/releases/{release.public_id}").status_code == 404
        changed = api.patch(
            "/v1/listings/acme/pdf-tools", {"title": "Mine"}, content_type="application/json"
        )
        assert (changed.status_code, changed.json()["code"]) == (403, "not_its_seller")
        listing.refresh_from_db()
        assert (listing.state, listing.title) == (ListingState.LIVE, "PDF tools")

    def test_acts_that_were_under_way(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        """Each was looked up as Alice's own a moment before Bob accepted."""
        known = Listing.objects.with_vendor().get()
        published = Release.objects.with_listing().select_related("artifact").get()
        finding = FindingFactory.create(report=published.report)
        ready = shelf.accepted(listing=listing, version="2.0.0")
        made, by = offered(listing, globex, now=now), Bearer(alice, SELLER).actor
        assert globex.user is not None
        handovers.accept(made, by=present(globex.user), now=now)
        said = listings.Description(
            title="Mine", summary="", tags=[], price_cents=0, visibility="public"
        )
        for act in (
            lambda: listings.describe(known, said, by=by, now=now),
            lambda: listings.retire(known, by=by, now=now),
            lambda: publishing.publish(ready, by=by, now=now),
            lambda: publishing.withdraw(published, reason="Mine.", by=by, now=now),
            lambda: disputes.contest(published, finding, statement="Mine.", by=by, now=now),
            lambda: campaigns.ask(published, by=by, now=now),
            lambda: transfers.offer(known, to="globex", by=present(alice), now=now),
        ):
            with pytest.raises(Listing.DoesNotExist):
                act()
        with pytest.raises(NotItsSeller), transaction.atomic():
            listings.ensure_draft(known.name, vendor=known.vendor, by=by, now=now)

    def test_mails_about_its_releases(
        self,
        listing: Listing,
        globex: Vendor,
        bob: User,
        now: datetime,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        release = shelf.judged(State.PUBLISHED, listing=listing, version="3.0.0")
        finding = Finding.objects.filter(report=release.report).first()
        assert finding is not None
        by = Bearer(release.uploaded_by, SELLER).actor
        dispute = disputes.contest(release, finding, statement="A sample.", by=by, now=now)
        handed_over(listing, globex, now=now)
        with django_capture_on_commit_callbacks(execute=True):
            disputes.reject(dispute, reason="It is real.", by=staff(), now=now)
            review.suspend(release, reason="It steals keys.", by=staff(), now=now)
        assert [letter.to for letter in mailbox] == [[bob.email], [bob.email]]
