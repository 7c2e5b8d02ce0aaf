"""Everybody who has a listing is told once who sells it now."""

import contextlib
import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from catalog.models import Listing, Vendor
from releases import handover_mail
from releases.models import Handover, HandoverNotice
from tests.factories.accounts import CredentialFactory, OrganizationFactory, UserFactory
from tests.factories.payments import EntitlementFactory
from tests.fakes.mail_server import PowerFailure, Trouble
from tests.transfers import handed_over

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_server(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = "tests.fakes.mail_server.Backend"
    Trouble.reset()
    yield
    Trouble.reset()


def buyers(listing: Listing, number: int) -> list[str]:
    """Let people have a listing; return their addresses."""
    people: list[User] = UserFactory.create_batch(number)
    for person in people:
        EntitlementFactory.create(listing=listing, user=person)
    return [person.email for person in people]


def moved(listing: Listing, globex: Vendor) -> Handover:
    """Hand a listing over while no worker is there."""
    handed_over(listing, globex, now=timezone.now())
    return Handover.objects.get()


def tell_all(handover: Handover) -> None:
    """Work until nothing is left, as a worker does."""
    while handover_mail.tell(handover.pk):
        pass
    handover.refresh_from_db()


def told() -> list[str]:
    """Return who got a mail, in order."""
    return [letter.to[0] for letter in mail.outbox if "has a new owner" in letter.subject]


def test_every_buyer_is_told_once(listing: Listing, globex: Vendor) -> None:
    addresses = buyers(listing, 3)
    EntitlementFactory.create()  # of another listing
    handover = moved(listing, globex)
    tell_all(handover)
    assert told() == addresses
    assert handover.told_at is not None
    handover_mail.tell(handover.pk)
    assert told() == addresses


def test_the_mail_says_who_sells_it_and_what_stays(listing: Listing, globex: Vendor) -> None:
    globex.unverify()
    buyers(listing, 1)
    tell_all(moved(listing, globex))
    letter = mail.outbox[-1]
    assert letter.subject == "acme/pdf-tools has a new owner: Globex"
    text = str(letter.body)
    assert "Globex (globex) has taken it over from Acme (acme)" in text
    assert "We have not made sure of who Globex is." in text
    assert "/acme/pdf-tools" in text


def test_who_gets_it_later_is_not_told(listing: Listing, globex: Vendor, now: datetime) -> None:
    handover = moved(listing, globex)
    EntitlementFactory.create(listing=listing, granted_at=timezone.now() + timedelta(hours=1))
    EntitlementFactory.create(listing=listing, granted_at=now, revoked_at=now)
    tell_all(handover)
    assert told() == []


def test_who_acts_for_an_organization_that_has_it_is_told(listing: Listing, globex: Vendor) -> None:
    organization = OrganizationFactory.create()
    member: User = UserFactory.create()
    CredentialFactory.create(user=member, organization=organization)
    EntitlementFactory.create(listing=listing, user=None, organization=organization)
    tell_all(moved(listing, globex))
    assert told() == [member.email]


@pytest.mark.parametrize("trouble", [smtplib.SMTPServerDisconnected("away"), PowerFailure()])
def test_whatever_breaks_loses_and_doubles_nobody(
    listing: Listing, globex: Vendor, trouble: BaseException
) -> None:
    addresses = buyers(listing, 5)
    handover = moved(listing, globex)
    Trouble.before[2] = trouble
    with contextlib.suppress(PowerFailure):
        tell_all(handover)
    assert told() == addresses[:2]
    Handover.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    tell_all(handover)
    assert told() == addresses


def test_while_one_worker_tells_no_other_does(listing: Listing, globex: Vendor) -> None:
    buyers(listing, 1)
    handover = moved(listing, globex)
    assert handover.claim("another", lease=timedelta(minutes=2), now=timezone.now())
    assert handover_mail.tell(handover.pk) == 0
    assert handover_mail.sweep() == 0
    assert told() == []


@pytest.mark.usefixtures("worker")
def test_batches_follow_each_other_and_the_sweep_starts_what_was_lost(
    listing: Listing, globex: Vendor
) -> None:
    addresses = buyers(listing, 120)
    handed_over(listing, globex, now=timezone.now())
    assert told() == []
    assert handover_mail.sweep() == 1
    assert told() == addresses
    assert handover_mail.sweep() == 0


def test_the_database_keeps_one_notice_of_each(listing: Listing, globex: Vendor) -> None:
    buyers(listing, 1)
    handover = moved(listing, globex)
    tell_all(handover)
    notice = HandoverNotice.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        handover.notices.create(user=notice.user)
    with pytest.raises(DatabaseError), transaction.atomic():
        HandoverNotice.objects.update(is_refused=True)
