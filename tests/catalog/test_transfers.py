"""A listing is offered to another vendor, and the offer ends once."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.errors import MissingScope, RoleRequired, StepUpRequired
from accounts.models import Membership, Organization, Role, User
from audit.actions import Action
from audit.models import Event
from catalog import transfers
from catalog.errors import (
    InvalidTransfer,
    NotTransferable,
    TransferEnded,
    TransferLimitReached,
    TransferOpen,
)
from catalog.models import (
    Listing,
    ListingState,
    ListingTransfer,
    TransferState,
    Vendor,
    Visibility,
)
from tests.bearer import SELLER, Bearer
from tests.devices import person
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.transfers import fresh, handed_over, offered, organizations_vendor, present

pytestmark = pytest.mark.django_db


@pytest.fixture
def listing(alice: User) -> Listing:
    """What Alice sells as acme."""
    made: Listing = ListingFactory.create(
        vendor__slug="acme", vendor__user=alice, slug="pdf-tools", price_cents=499
    )
    return made


@pytest.fixture
def globex(bob: User) -> Vendor:
    """Bob's vendor."""
    made: Vendor = VendorFactory.create(slug="globex", user=bob)
    return made


def actions() -> list[str]:
    """Return what the trail has of transfers, oldest first."""
    happened = Event.objects.filter(action__startswith="transfer.").order_by("pk")
    return list(happened.values_list("action", flat=True))


class TestAnOffer:
    def test_it_stands_for_seven_days_and_changes_nothing_yet(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        assert (made.from_vendor, made.to_vendor) == (listing.vendor, globex)
        assert made.expires_at == now + timedelta(days=7)
        listing.refresh_from_db()
        assert listing.vendor != globex
        assert actions() == [Action.TRANSFER_OFFERED]

    @pytest.mark.parametrize("slug", ["nobody", "", "GLOBEX", "globex/pdf"])
    def test_nobody_sells_under_that_name(
        self, listing: Listing, alice: User, globex: Vendor, now: datetime, slug: str
    ) -> None:
        with pytest.raises(InvalidTransfer):
            transfers.offer(listing, to=slug, by=present(alice), now=now)

    def test_it_is_not_offered_to_whoever_sells_it(
        self, listing: Listing, alice: User, now: datetime
    ) -> None:
        with pytest.raises(InvalidTransfer):
            transfers.offer(listing, to="acme", by=present(alice), now=now)

    def test_it_is_not_offered_to_whoever_is_gone(
        self, listing: Listing, alice: User, globex: Vendor, now: datetime
    ) -> None:
        User.objects.filter(vendors=globex).update(is_active=False)
        with pytest.raises(InvalidTransfer):
            transfers.offer(listing, to="globex", by=present(alice), now=now)

    def test_it_is_not_offered_to_an_organization_that_is_gone(
        self, listing: Listing, alice: User, bob: User, now: datetime
    ) -> None:
        initech = organizations_vendor("initech", owner=bob)
        Organization.objects.update(deleted_at=now)
        with pytest.raises(InvalidTransfer):
            transfers.offer(listing, to=initech.slug, by=present(alice), now=now)

    def test_a_person_may_offer_it_to_another_vendor_of_their_own(
        self, listing: Listing, alice: User, now: datetime
    ) -> None:
        second = VendorFactory.create(slug="acme-labs", user=alice)
        assert handed_over(listing, second, now=now).vendor == second

    def test_a_stranger_offers_nothing(
        self, listing: Listing, globex: Vendor, charlie: User, now: datetime
    ) -> None:
        with pytest.raises(Vendor.DoesNotExist):
            transfers.offer(listing, to="globex", by=present(charlie), now=now)

    def test_a_token_offers_nothing(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        with pytest.raises(StepUpRequired):
            transfers.offer(listing, to="globex", by=Bearer(alice, SELLER).actor, now=now)

    def test_a_session_without_a_recent_proof_offers_nothing(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        with pytest.raises(StepUpRequired):
            transfers.offer(listing, to="globex", by=person(alice, stepped_up=False), now=now)

    @pytest.mark.parametrize("state", [ListingState.HIDDEN, ListingState.RETIRED])
    def test_what_is_not_on_the_shelf_is_not_offered(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime, state: str
    ) -> None:
        Listing.objects.update(state=state)
        with pytest.raises(NotTransferable, match="not_on_shelf"):
            transfers.offer(listing, to="globex", by=present(alice), now=now)

    def test_a_private_package_stays_among_its_members(self, alice: User, now: datetime) -> None:
        initech = organizations_vendor("initech", owner=alice)
        listing = ListingFactory.create(vendor=initech, visibility=Visibility.PRIVATE)
        VendorFactory.create(slug="globex")
        with pytest.raises(NotTransferable, match="private"):
            transfers.offer(listing, to="globex", by=present(alice), now=now)

    def test_one_is_open_at_a_time(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        offered(listing, globex, now=now)
        VendorFactory.create(slug="initech")
        with pytest.raises(TransferOpen):
            transfers.offer(listing, to="initech", by=present(alice), now=now)
        assert actions() == [Action.TRANSFER_OFFERED]

    def test_the_database_keeps_one_open_too(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        made.pk, made.public_id = None, "trf_00000000000000000001"
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save(force_insert=True)

    def test_one_that_has_lapsed_makes_room(
        self, listing: Listing, globex: Vendor, now: datetime
    ) -> None:
        first = offered(listing, globex, now=now)
        second = offered(listing, globex, now=now + timedelta(days=7))
        assert fresh(first).state == TransferState.EXPIRED
        assert second.state == TransferState.OPEN
        assert actions() == [
            Action.TRANSFER_OFFERED,
            Action.TRANSFER_EXPIRED,
            Action.TRANSFER_OFFERED,
        ]

    def test_a_vendor_offers_so_much_in_a_day_and_no_more(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime, settings: Settings
    ) -> None:
        settings.TRANSFERS_A_DAY = 2
        for hour in range(2):
            made = offered(listing, globex, now=now + timedelta(hours=hour))
            transfers.call_back(made, by=present(alice), now=now + timedelta(hours=hour))
        with pytest.raises(TransferLimitReached) as refusal:
            offered(listing, globex, now=now + timedelta(hours=2))
        assert refusal.value.retry_after == timedelta(hours=22)
        offered(listing, globex, now=now + timedelta(days=1))

    def test_who_decides_for_the_receiver_is_told(
        self,
        listing: Listing,
        bob: User,
        charlie: User,
        now: datetime,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        initech = organizations_vendor("initech", admin=bob, member=charlie)
        with django_capture_on_commit_callbacks(execute=True):
            offered(listing, initech, now=now)
        assert [letter.to for letter in mailbox] == [[bob.email]]
        assert mailbox[0].subject == "acme/pdf-tools is offered to you"
        assert "/sell/transfers" in str(mailbox[0].body)


class TestAnOrganization:
    @pytest.fixture
    def initech(self, alice: User, charlie: User) -> Vendor:
        """Alice's organization, of which Charlie is a member."""
        return organizations_vendor("initech", owner=alice, member=charlie)

    def test_an_admin_offers_its_listing(
        self, initech: Vendor, globex: Vendor, bob: User, now: datetime
    ) -> None:
        assert initech.organization is not None
        initech.organization.memberships.create(user=bob, role=Role.ADMIN)
        listing = ListingFactory.create(vendor=initech)
        made = transfers.offer(listing, to="globex", by=present(bob), now=now)
        assert made.offered_by == bob

    def test_a_member_offers_nothing(
        self, initech: Vendor, globex: Vendor, charlie: User, now: datetime
    ) -> None:
        listing = ListingFactory.create(vendor=initech)
        with pytest.raises(RoleRequired):
            transfers.offer(listing, to="globex", by=present(charlie), now=now)

    def test_a_stranger_hears_of_nothing(
        self, initech: Vendor, globex: Vendor, bob: User, now: datetime
    ) -> None:
        listing = ListingFactory.create(vendor=initech)
        with pytest.raises(Organization.DoesNotExist):
            transfers.offer(listing, to="globex", by=present(bob), now=now)

    def test_a_member_answers_nothing(
        self, listing: Listing, initech: Vendor, charlie: User, now: datetime
    ) -> None:
        made = offered(listing, initech, now=now)
        with pytest.raises(RoleRequired):
            transfers.reject(made, by=present(charlie), now=now)

    def test_somebody_who_has_left_answers_nothing(
        self, listing: Listing, initech: Vendor, charlie: User, now: datetime
    ) -> None:
        made = offered(listing, initech, now=now)
        Membership.objects.filter(user=charlie).delete()
        with pytest.raises(Organization.DoesNotExist):
            transfers.reject(made, by=present(charlie), now=now)


class TestItsEnd:
    def test_the_receiver_leaves_it(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        transfers.reject(made, by=present(bob), now=now)
        assert (made.state, made.decided_by, made.decided_at) == (TransferState.REJECTED, bob, now)
        assert actions() == [Action.TRANSFER_OFFERED, Action.TRANSFER_REJECTED]
        listing.refresh_from_db()
        assert listing.vendor.slug == "acme"

    def test_the_giver_calls_it_back(
        self, listing: Listing, globex: Vendor, alice: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        transfers.call_back(made, by=present(alice), now=now)
        assert fresh(made).state == TransferState.CALLED_BACK
        assert actions() == [Action.TRANSFER_OFFERED, Action.TRANSFER_CALLED_BACK]

    def test_each_side_ends_it_its_own_way(
        self, listing: Listing, globex: Vendor, alice: User, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        with pytest.raises(Vendor.DoesNotExist):
            transfers.reject(made, by=present(alice), now=now)
        with pytest.raises(Vendor.DoesNotExist):
            transfers.call_back(made, by=present(bob), now=now)
        assert fresh(made).state == TransferState.OPEN

    def test_it_ends_once(
        self, listing: Listing, globex: Vendor, alice: User, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        transfers.call_back(fresh(made), by=present(alice), now=now)
        with pytest.raises(TransferEnded, match="called-back"):
            transfers.reject(made, by=present(bob), now=now)
        assert fresh(made).state == TransferState.CALLED_BACK

    def test_too_late_is_too_late(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made = offered(listing, globex, now=now)
        with pytest.raises(TransferEnded, match="expired"):
            transfers.reject(made, by=present(bob), now=made.expires_at)
        transfers.reject(made, by=present(bob), now=made.expires_at - timedelta(seconds=1))

    def test_nobody_answers_without_the_scope_to_sell(
        self, listing: Listing, globex: Vendor, bob: User, now: datetime
    ) -> None:
        made, by = offered(listing, globex, now=now), present(bob)
        assert by.credential is not None
        by.credential.scope = "read"
        narrowed = type(by).of(by.credential, origin=by.origin, stepped_up=True)
        with pytest.raises(MissingScope):
            transfers.reject(made, by=narrowed, now=now)

    def test_what_has_lapsed_is_written_down_and_both_are_told_once(
        self,
        listing: Listing,
        globex: Vendor,
        alice: User,
        bob: User,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        made = offered(listing, globex, now=timezone.now() - timedelta(days=7, seconds=1))
        standing = offered(ListingFactory.create(vendor=listing.vendor), globex, now=timezone.now())
        with django_capture_on_commit_callbacks(execute=True):
            assert transfers.expire_lapsed() == 1
            assert transfers.expire_lapsed() == 0
        made = fresh(made)
        assert (made.state, made.decided_by) == (TransferState.EXPIRED, None)
        assert fresh(standing).state == TransferState.OPEN
        assert {letter.to[0] for letter in mailbox} == {alice.email, bob.email}
        assert len(mailbox) == 2

    @pytest.mark.parametrize(
        ("end", "who", "words"),
        [
            ("reject", "bob", "does not take"),
            ("call_back", "alice", "any more"),
        ],
    )
    def test_the_other_side_is_told(
        self,
        listing: Listing,
        globex: Vendor,
        alice: User,
        bob: User,
        now: datetime,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
        end: str,
        who: str,
        words: str,
    ) -> None:
        made, people = offered(listing, globex, now=now), {"alice": alice, "bob": bob}
        with django_capture_on_commit_callbacks(execute=True):
            getattr(transfers, end)(made, by=present(people[who]), now=now)
        (other,) = set(people) - {who}
        assert [letter.to for letter in mailbox] == [[people[other].email]]
        assert words in str(mailbox[0].body)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "lost"},
        {"state": "accepted"},
        {"decided_at": timezone.now()},
        {"state": "expired", "decided_at": timezone.now(), "decided_by": True},
        {"state": "rejected", "decided_at": timezone.now()},
        {"from_vendor": "to"},
        {"expires_at": timezone.now() - timedelta(days=9_000)},
    ],
)
def test_the_database_holds_what_an_offer_can_be(
    listing: Listing, globex: Vendor, bob: User, now: datetime, changes: dict[str, object]
) -> None:
    offered(listing, globex, now=now)
    if "decided_by" in changes:
        changes = changes | {"decided_by": bob}
    if "from_vendor" in changes:
        changes = {"from_vendor": globex}
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingTransfer.objects.update(**changes)
