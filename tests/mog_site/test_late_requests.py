"""Requests for an organization that came in before it was deleted, and act afterwards."""

from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import policies
from accounts.actor import Actor
from accounts.models import Namespace, Organization, Role, SpendPolicy
from accounts.policies import Terms
from catalog import vendors
from catalog.errors import VendorNotFound
from catalog.models import Listing
from catalog.vendors import Profile
from mog_site import organization_deletion
from releases import uploads
from releases.uploads import Declared, Upload
from tests.factories.catalog import VendorFactory
from tests.organizations import Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Team:
    return Team()


@pytest.fixture
def late(acme: Team) -> Actor:
    """The owner of acme, which sells as globex, in a request that read it before its end."""
    owner = acme.actor(Role.OWNER)
    VendorFactory.create(slug="globex", user=None, organization=acme.organization)
    organization_deletion.delete(acme.organization, by=owner, now=timezone.now())
    return replace(owner, organization=acme.organization, role=Role.OWNER)


def test_an_upload_drafts_nothing(late: Actor) -> None:
    declared = Declared(name="globex/notes", version="1.0.0", is_to_publish=True)
    upload = Upload(file=ContentFile(b"PK"), sha256="0" * 64, size_bytes=2)
    with pytest.raises(VendorNotFound):
        uploads.receive(declared, upload, by=late, now=timezone.now())
    assert not Listing.objects.exists()


def test_nobody_takes_a_name_to_sell_under(late: Actor) -> None:
    profile = Profile(display_name="Acme Labs")
    with pytest.raises(Organization.DoesNotExist):
        vendors.open_vendor(slug="acme-labs", profile=profile, by=late, now=timezone.now())
    assert not Namespace.objects.filter(slug="acme-labs").exists()


def test_no_policy_is_made(late: Actor) -> None:
    with pytest.raises(Organization.DoesNotExist):
        policies.create(Terms(name="Late"), by=late, now=timezone.now())
    assert not SpendPolicy.objects.filter(organization=late.organization).exists()
