"""Uploading through the API: what is kept, what is refused, and that a refusal leaves nothing."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, ListingState, Vendor
from mog_package import UPLOAD
from releases import vetting
from releases.models import Release
from releases.states import State
from tests.bearer import SELLER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.releases import ReleaseFactory
from tests.releases.conftest import RELEASES, archive, kept_files, send

pytestmark = pytest.mark.django_db


def test_an_upload_is_kept_and_waits(seller: Client, alice: User) -> None:
    data = archive()
    status, body = send(seller, data)
    release = Release.objects.get()
    assert (status, body["id"], body["state"]) == (202, release.public_id, "uploaded")
    assert body["uploadSha256"] == hashlib.sha256(data).hexdigest()
    assert (body["sha256"], body["isFinal"], body["findings"]) == (None, False, [])
    assert release.uploaded_by == alice
    assert kept_files() == [release.upload_key]
    assert Event.objects.filter(action=Action.RELEASE_UPLOADED).count() == 1


def test_the_answer_says_where_and_when_to_ask_again(seller: Client) -> None:
    file = SimpleUploadedFile("a.zip", archive())
    body = {"name": "acme/pdf-tools", "version": "1.0.0", "archive": file}
    answer = seller.post(RELEASES, body)
    assert answer.headers["Retry-After"] == "1"
    followed = seller.get(answer.headers["Location"])
    assert followed.json()["state"] == "uploaded"
    assert followed.headers["Retry-After"] == "1"


def test_the_first_upload_drafts_the_listing(seller: Client, acme: Vendor) -> None:
    send(seller)
    listing = Listing.objects.get()
    assert (listing.name, listing.state, listing.title) == (
        "acme/pdf-tools",
        ListingState.DRAFT,
        "Pdf tools",
    )


def test_a_worker_is_told_after_the_row_stands(
    seller: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        send(seller)
    assert len(callbacks) == 1


@pytest.mark.parametrize("state", [state for state in State if state is not State.REJECTED])
def test_a_taken_version_is_refused(seller: Client, acme: Vendor, state: State) -> None:
    listing = ListingFactory.create(vendor=acme, slug="pdf-tools")
    ReleaseFactory.create(
        listing=listing,
        state=state,
        upload_key="uploads/a",
        lease_until=timezone.now(),
        published_at=timezone.now(),
    )
    status, body = send(seller)
    assert (status, body["code"]) == (409, "version_taken")
    assert kept_files() == []


def test_a_rejected_version_is_free_again(seller: Client, acme: Vendor) -> None:
    listing = ListingFactory.create(vendor=acme, slug="pdf-tools")
    ReleaseFactory.create(listing=listing, state=State.REJECTED)
    assert send(seller)[0] == 202


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "pdf-tools"),
        ("name", "acme/PDF"),
        ("name", "acme/../etc"),
        ("name", "acme/" + "a" * 130),
        ("version", "1.0"),
        ("version", "v1.0.0"),
        ("version", "1.0.0-beta"),
        ("version", "1.0.9999999999"),
        ("publish", "perhaps"),
    ],
)
def test_a_field_that_cannot_be_is_refused(seller: Client, field: str, value: str) -> None:
    status, body = send(seller, **{field: value})
    assert (status, body["code"], list(body["details"])) == (422, "invalid_fields", [field])
    assert kept_files() == []


def test_a_name_may_be_as_long_as_names_are(seller: Client) -> None:
    assert send(seller, name=f"acme/{'a' * 123}")[0] == 202


def test_a_file_is_needed(seller: Client) -> None:
    answer = seller.post(RELEASES, {"name": "acme/pdf-tools", "version": "1.0.0"})
    assert answer.status_code == 422
    assert list(answer.json()["details"]) == ["archive"]


@pytest.mark.parametrize("names", [("other",), ("archive", "second"), ("archive", "archive")])
def test_one_file_in_its_field_is_taken(seller: Client, names: tuple[str, ...]) -> None:
    files: dict[str, list[SimpleUploadedFile]] = {}
    for name in names:
        files.setdefault(name, []).append(SimpleUploadedFile("a.zip", b"x"))
    answer = seller.post(RELEASES, {"name": "acme/a", "version": "1.0.0"} | files)
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["archive"])
    assert kept_files() == []


def test_unknown_words_are_refused(seller: Client) -> None:
    assert send(seller, price="0")[0] == 422


def test_an_archive_may_be_as_large_as_the_format_allows(seller: Client) -> None:
    status, _ = send(seller, bytes(UPLOAD.archive_bytes))
    assert status == 202


def test_one_byte_more_is_refused(seller: Client) -> None:
    status, body = send(seller, bytes(UPLOAD.archive_bytes + 1))
    assert (status, body["code"]) == (413, "too_large")
    assert body["details"] == {"limitBytes": UPLOAD.archive_bytes}
    assert kept_files() == []


def test_what_announces_too_much_is_refused_unread(seller: Client) -> None:
    answer = seller.generic(
        "POST", RELEASES, b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(UPLOAD.archive_bytes * 2),
    )  # fmt: skip
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"--x\r\nnonsense", b"--x--\r\n"])
def test_a_body_that_is_no_form_is_refused(seller: Client, body: bytes) -> None:
    content_type = "multipart/form-data; boundary=x"
    assert seller.generic("POST", RELEASES, body, content_type=content_type).status_code in {
        400,
        422,
    }


def test_json_is_no_upload(seller: Client) -> None:
    answer = seller.post(RELEASES, {"name": "acme/a"}, content_type="application/json")
    assert answer.status_code == 415


def test_another_persons_name_is_not_found(acme: Vendor, charlie: User) -> None:
    status, body = send(Bearer(charlie, SELLER).client)
    assert (status, body["code"]) == (404, "vendor_not_found")
    assert body["details"]["createUrl"].endswith("/sell/vendors/new")
    assert kept_files() == []


def test_a_member_uploads_for_the_organization(alice: User) -> None:
    organization = OrganizationFactory.create()
    VendorFactory.create(slug="acme", user=None, organization=organization)
    assert send(Bearer(alice, SELLER).client)[0] == 404
    bearer = Bearer(alice, SELLER, kind="organization", organization=organization)
    assert send(bearer.client)[0] == 202


def test_a_retired_listing_takes_no_uploads(seller: Client, acme: Vendor) -> None:
    ListingFactory.create(vendor=acme, slug="pdf-tools", state=ListingState.RETIRED)
    status, body = send(seller)
    assert (status, body["code"]) == (409, "listing_retired")
    assert kept_files() == []


@pytest.mark.parametrize("scope", ["read", "download purchase read"])
def test_uploading_needs_its_scope(acme: Vendor, alice: User, scope: str) -> None:
    status, body = send(Bearer(alice, scope).client)
    assert (status, body["code"]) == (403, "missing_scope")


def test_nobody_uploads_without_a_token(api_client: Client) -> None:
    assert send(api_client)[0] == 401


def test_a_vendor_is_held_to_its_uploads_in_an_hour(seller: Client, acme: Vendor) -> None:
    now = timezone.now()
    listing = ListingFactory.create(vendor=acme)
    for number in range(20):
        ReleaseFactory.create(
            listing=listing,
            version=f"1.0.{number}",
            state=State.REJECTED,
            created_at=now - timedelta(minutes=59 - number),
        )
    answer = seller.post(
        RELEASES,
        {
            "name": "acme/pdf-tools",
            "version": "1.0.0",
            "archive": SimpleUploadedFile("a.zip", archive()),
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 55 <= int(answer.headers["Retry-After"]) <= 61
    assert kept_files() == []
    Release.objects.order_by("created_at").first().delete()  # type: ignore[union-attr]  # there are twenty
    assert send(seller)[0] == 202


def test_a_commit_whose_answer_was_lost_keeps_the_bytes(
    seller: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loses_the_answer(_release: Release) -> None:
        raise OperationalError

    monkeypatch.setattr(vetting, "vet_on_commit", loses_the_answer)
    assert send(seller)[0] == 503
    assert len(kept_files()) == 1


def test_others_do_not_see_a_release(seller: Client, charlie: User) -> None:
    _, body = send(seller)
    stranger = Bearer(charlie, SELLER).client
    for path in ("", "/publication", "/withdrawal"):
        address = f"{RELEASES}/{body['id']}{path}"
        answer = stranger.post(address, {}, content_type="application/json") if path else (
            stranger.get(address)
        )  # fmt: skip
        assert answer.status_code == 404
    assert stranger.get(RELEASES).json()["items"] == []


def test_the_list_shows_ones_own_releases(seller: Client) -> None:
    send(seller)
    send(seller, version="1.0.1")
    items = seller.get(RELEASES).json()["items"]
    assert [item["version"] for item in items] == ["1.0.1", "1.0.0"]
