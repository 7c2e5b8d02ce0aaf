"""Who acts about releases, and what they contest."""

from datetime import datetime

from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from accounts.staff import appoint
from audit.who import Origin
from releases import disputes
from releases.models import Dispute, Release
from scanning.models import Finding
from tests.bearer import SELLER, Bearer
from tests.factories.accounts import UserFactory
from tests.signed_in import sign_in


def staff() -> Actor:
    """Return somebody new of staff."""
    person: User = UserFactory.create(is_staff=True)
    return Actor.staff(person, origin=Origin())


def seller_of(release: Release) -> Actor:
    """Return whoever uploaded a release, with a token."""
    return Bearer(release.uploaded_by, SELLER).actor


def findings_of(release: Release) -> list[Finding]:
    """Return what the last scan found, in the order of their making."""
    assert release.report is not None
    return list(release.report.findings.order_by("pk"))


def contest(release: Release, *, number: int = 0, now: datetime) -> Dispute:
    """Let the seller contest one finding."""
    finding = findings_of(release)[number]
    said = "It is the password of the sample server."
    return disputes.contest(release, finding, statement=said, by=seller_of(release), now=now)


def at_work(group: str) -> tuple[Client, User]:
    """Return a browser of somebody new in a group of staff, and who that is."""
    person: User = UserFactory.create()
    appoint(person, group=group, by=Actor.system(), now=timezone.now())
    person.refresh_from_db()
    client = Client()
    sign_in(client, person)
    return client, person
