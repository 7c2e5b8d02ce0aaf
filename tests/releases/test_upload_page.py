"""Uploading in the browser: what arrives, and what is said when it cannot be taken."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Listing, ListingState
from mog_package import UPLOAD, sha256_of_bytes
from releases import storage
from releases.models import Release
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.releases import ReleaseFactory
from tests.mog_package import packages
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/sell/upload"
ARCHIVE = packages.zipped(packages.files()).getvalue()


@pytest.fixture(autouse=True)
def _sells(client: Client, alice: User) -> None:
    VendorFactory.create(slug="acme", user=alice)
    sign_in(client, alice)


def said(data: bytes = ARCHIVE, **changes: Any) -> dict[str, object]:
    """Return a form that is filled in."""
    filled = {
        "archive": SimpleUploadedFile("package.zip", data),
        "name": "acme/pdf-tools",
        "version": "1.0.0",
        "publish": "on",
    }
    return filled | changes


def test_an_archive_becomes_a_release_that_waits_for_its_scan(client: Client, alice: User) -> None:
    answer = client.post(PAGE, said())
    release = Release.objects.get()
    assert answer["Location"] == f"/releases/{release.public_id}"
    assert (release.state, release.version, release.uploaded_by) == ("uploaded", "1.0.0", alice)
    assert release.upload_sha256 == sha256_of_bytes(ARCHIVE)
    assert release.is_to_publish
    assert release.listing.name == "acme/pdf-tools"


def test_publishing_can_be_left_for_later(client: Client) -> None:
    form = said()
    del form["publish"]
    client.post(PAGE, form)
    assert not Release.objects.get().is_to_publish


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "pdf-tools"}, "name"),
        ({"name": "other/pdf-tools"}, "name"),
        ({"version": "one"}, "version"),
        ({"version": "01.0.0"}, "version"),
        ({"name": ""}, "name"),
        ({"archive": ""}, "archive"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    client: Client, changes: dict[str, Any], field: str
) -> None:
    answer = client.post(PAGE, said(**changes))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Release.objects.exists()


def test_a_version_that_is_taken_can_be_raised(client: Client, alice: User) -> None:
    listing = ListingFactory.create(slug="pdf-tools", vendor=alice.vendors.get())
    ReleaseFactory.create(listing=listing)
    answer = client.post(PAGE, said())
    assert set(answer.context["form"].errors) == {"version"}
    assert client.post(PAGE, said(version="1.0.1")).status_code == 302


def test_a_retired_package_takes_no_more(client: Client, alice: User) -> None:
    ListingFactory.create(slug="pdf-tools", vendor=alice.vendors.get(), state=ListingState.RETIRED)
    assert set(client.post(PAGE, said()).context["form"].errors) == {"name"}


def test_too_many_uploads_are_told_how_long_to_wait(client: Client, alice: User) -> None:
    listing = ListingFactory.create(slug="pdf-tools", vendor=alice.vendors.get())
    for number in range(settings.RATE_LIMITS["upload"].limit):
        at = timezone.now() - timedelta(minutes=30)
        ReleaseFactory.create(listing=listing, version=f"2.0.{number}", created_at=at)
    answer = client.post(PAGE, said())
    assert "Try again in 30 min." in answer.content.decode()


def test_an_archive_that_is_too_large_is_refused(client: Client) -> None:
    answer = client.post(PAGE, said(b"x" * (UPLOAD.archive_bytes + 1)))
    assert answer.status_code == 413
    assert set(answer.context["form"].errors) == {"archive"}
    assert not Release.objects.exists()
    assert list(storage.work_folder().iterdir()) == []


def test_what_is_announced_too_large_is_not_read(client: Client) -> None:
    answer = client.post(PAGE, said(), CONTENT_LENGTH=str(UPLOAD.archive_bytes * 2))
    assert answer.status_code == 413


def test_a_second_file_is_refused(client: Client) -> None:
    answer = client.post(PAGE, said(other=SimpleUploadedFile("other.zip", b"x")))
    assert answer.status_code == 422
    assert not Release.objects.exists()


def test_a_form_from_elsewhere_uploads_nothing(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, alice)
    assert strict.post(PAGE, said()).status_code == 403
    assert not Release.objects.exists()


def test_the_form_begins_with_the_only_name_there_is(client: Client, alice: User) -> None:
    assert client.get(PAGE).context["form"]["name"].value() == "acme/"
    again = client.get(f"{PAGE}?name=acme/pdf-tools")
    assert again.context["form"]["name"].value() == "acme/pdf-tools"


def test_who_sells_nowhere_takes_a_name_first(client: Client, bob: User) -> None:
    sign_in(client, bob)
    assert client.get(PAGE)["Location"] == "/sell/vendors/new"


def test_who_is_not_signed_in_sends_nothing() -> None:
    assert Client().post(PAGE, said())["Location"].startswith("/sign-in")
    assert not Listing.objects.exists()
