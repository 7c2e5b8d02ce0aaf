"""Every buyer of a revoked release is told once, whatever breaks meanwhile."""

import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import Actor
from accounts.models import Membership, Role, User
from audit.who import Origin
from catalog.models import Listing
from releases import revocation, revocation_mail
from releases.models import Revocation, RevocationNotice
from tests import shelf
from tests.factories.accounts import CredentialFactory, MembershipFactory, UserFactory
from tests.factories.payments import EntitlementFactory
from tests.fakes.mail_server import PowerFailure, Trouble
from tests.organizations import Team
from tests.private_packages import keep, open_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = "tests.fakes.mail_server.Backend"
    Trouble.reset()
    yield
    Trouble.reset()


@pytest.fixture
def listing() -> Listing:
    """Something that people have."""
    found: Listing = shelf.published().listing
    return found


def buyers(listing: Listing, number: int) -> list[str]:
    """Let people have a listing; return their addresses."""
    people: list[User] = UserFactory.create_batch(number)
    for person in people:
        EntitlementFactory.create(listing=listing, user=person)
    return [person.email for person in people]


def revoked(listing: Listing) -> Revocation:
    """Take the listing's highest release out for good, while no worker is there."""
    now = timezone.now()
    first, second = (
        Actor.staff(UserFactory.create(is_staff=True), origin=Origin()) for _ in range(2)
    )
    asked = revocation.request(
        listing.releases.highest_first()[0], reason="It steals keys.", by=first, now=now
    )
    revocation.confirm(asked, by=second, now=now)
    return asked


def told() -> list[str]:
    """Return who got a mail, in order."""
    return [letter.to[0] for letter in mail.outbox if letter.subject.startswith("Remove")]


def tell_all(asked: Revocation) -> None:
    """Work until nothing is left, as a worker does."""
    while revocation_mail.tell(asked.pk):
        pass
    asked.refresh_from_db()


def let_leases_lapse() -> None:
    """Wait, so to speak."""
    Revocation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_every_buyer_is_told_once(listing: Listing) -> None:
    addresses = buyers(listing, 3)
    EntitlementFactory.create()  # of another listing
    asked = revoked(listing)
    tell_all(asked)
    assert told() == addresses
    assert asked.told_at is not None
    assert asked.notices.count() == 3
    revocation_mail.tell(asked.pk)
    assert told() == addresses


def test_the_mail_says_what_to_do_and_why(listing: Listing) -> None:
    buyers(listing, 1)
    tell_all(revoked(listing))
    letter = mail.outbox[-1]
    assert letter.subject == f"Remove {listing.name} 1.0.0: it was taken out for good"
    assert "It steals keys." in str(letter.body)
    assert f"mog uninstall {listing.name}" in str(letter.body)
    assert "still offered" not in str(letter.body)


def test_a_version_that_is_still_offered_is_named(listing: Listing) -> None:
    shelf.published(listing=listing, version="0.9.0")
    buyers(listing, 1)
    tell_all(revoked(listing))
    assert "Version 0.9.0 of the package is still offered" in str(mail.outbox[-1].body)


def test_who_had_it_by_then_is_told_and_nobody_else(listing: Listing, now: datetime) -> None:
    asked = revoked(listing)
    EntitlementFactory.create(listing=listing, granted_at=timezone.now() + timedelta(hours=1))
    EntitlementFactory.create(listing=listing, granted_at=now, revoked_at=now)
    EntitlementFactory.create(listing=listing, granted_at=now, user__is_active=False)
    EntitlementFactory.create(listing=listing, granted_at=now, user__email="")
    tell_all(asked)
    assert told() == []
    assert asked.told_at is not None


def test_who_belongs_to_an_organization_that_has_it_is_told_once(listing: Listing) -> None:
    acme = Team()
    # One acts for it, one for themselves: either may name it in their next request.
    members = [acme.joined(Role.MEMBER).user for _ in range(2)]
    CredentialFactory.create(user=members[0], organization=acme.organization)
    former = CredentialFactory.create(organization=acme.organization).user
    Membership.objects.filter(user=former).delete()
    EntitlementFactory.create(listing=listing, user=None, organization=acme.organization)
    EntitlementFactory.create(listing=listing, user=members[0])
    tell_all(revoked(listing))
    assert told() == [member.email for member in members]


def test_the_members_are_told_of_what_their_organization_keeps_private(alice: User) -> None:
    kept = keep(open_vendor(alice))
    member = MembershipFactory.create(organization=kept.organization, role=Role.MEMBER).user
    Team("other").joined(Role.OWNER)
    tell_all(revoked(kept.listing))
    assert told() == [alice.email, member.email]


def test_the_members_of_who_sells_it_to_all_do_not_have_it(alice: User) -> None:
    vendor = open_vendor(alice)
    tell_all(revoked(vendor.listings.get()))
    assert told() == []


def test_who_joined_after_it_was_taken_out_is_not_told(alice: User) -> None:
    kept = keep(open_vendor(alice))
    asked = revoked(kept.listing)
    later = timezone.now() + timedelta(hours=1)
    MembershipFactory.create(organization=kept.organization, joined_at=later)
    tell_all(asked)
    assert told() == [alice.email]


@pytest.mark.parametrize("taken", range(5))
def test_a_mail_server_that_is_away_loses_and_doubles_nobody(listing: Listing, taken: int) -> None:
    addresses = buyers(listing, 5)
    asked = revoked(listing)
    Trouble.before[taken] = smtplib.SMTPServerDisconnected("away")
    tell_all(asked)
    assert told() == addresses[:taken]
    assert asked.told_at is None
    let_leases_lapse()
    tell_all(asked)
    assert told() == addresses
    assert asked.told_at is not None


@pytest.mark.parametrize("taken", range(5))
def test_a_worker_that_dies_before_a_mail_loses_and_doubles_nobody(
    listing: Listing, taken: int
) -> None:
    addresses = buyers(listing, 5)
    asked = revoked(listing)
    Trouble.before[taken] = PowerFailure()
    with pytest.raises(PowerFailure):
        revocation_mail.tell(asked.pk)
    let_leases_lapse()
    tell_all(asked)
    assert told() == addresses


def test_a_worker_that_dies_behind_a_mail_sends_that_one_again_under_the_same_name(
    listing: Listing,
) -> None:
    addresses = buyers(listing, 5)
    asked = revoked(listing)
    Trouble.after[2] = PowerFailure()
    with pytest.raises(PowerFailure):
        revocation_mail.tell(asked.pk)
    let_leases_lapse()
    tell_all(asked)
    assert told() == [*addresses[:2], addresses[1], *addresses[2:]]
    names = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(set(names)) == 5
    assert names[1] == names[2]


def test_a_refused_address_holds_up_nobody(listing: Listing) -> None:
    addresses = buyers(listing, 3)
    asked = revoked(listing)
    Trouble.before[1] = smtplib.SMTPRecipientsRefused({})
    tell_all(asked)
    assert told() == [addresses[0], addresses[2]]
    assert list(asked.notices.order_by("pk").values_list("is_refused", flat=True)) == [
        False,
        True,
        False,
    ]
    assert asked.told_at is not None


def test_while_one_worker_tells_no_other_does(listing: Listing) -> None:
    buyers(listing, 2)
    asked = revoked(listing)
    assert asked.claim("another", lease=timedelta(minutes=2), now=timezone.now())
    assert revocation_mail.tell(asked.pk) == 0
    assert revocation_mail.sweep() == 0
    assert told() == []


def test_a_worker_that_was_too_slow_stops(listing: Listing) -> None:
    asked, now = revoked(listing), timezone.now()
    lease = timedelta(minutes=2)
    assert asked.claim("slow", lease=lease, now=now)
    assert asked.renew("slow", lease=lease, now=now)
    assert not asked.renew("slow", lease=lease, now=now + timedelta(minutes=3))
    assert asked.claim("quick", lease=lease, now=now + timedelta(minutes=3))
    assert not asked.renew("slow", lease=lease, now=now + timedelta(minutes=3))


def test_the_database_keeps_one_notice_of_each(listing: Listing) -> None:
    buyers(listing, 1)
    asked = revoked(listing)
    tell_all(asked)
    notice = RevocationNotice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.notices.create(user=notice.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        RevocationNotice.objects.update(is_refused=True)


@pytest.mark.usefixtures("worker")
def test_batches_follow_each_other_and_the_sweep_starts_what_was_lost(listing: Listing) -> None:
    addresses = buyers(listing, 230)
    asked = revoked(listing)
    assert told() == []
    assert revocation_mail.sweep() == 1
    assert told() == addresses
    asked.refresh_from_db()
    assert asked.told_at is not None
    assert revocation_mail.sweep() == 0


def test_a_mail_costs_the_same_however_many_were_sent(listing: Listing) -> None:
    buyers(listing, 150)
    asked = revoked(listing)
    spent = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            number = revocation_mail.tell(asked.pk)
        spent.append((number, (len(queries) - 5) / number))
    assert [number for number, _ in spent] == [100, 50]
    assert spent[0][1] == spent[1][1] == 2
