"""Receive an archive: keep it, write down what was declared, have it examined."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction

from accounts import row_limits
from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from catalog import listings, vendors
from catalog.errors import CatalogError, VendorNotFound
from catalog.models import Listing, Vendor
from mog_package import InvalidVersion, Version, parse_name
from releases import storage, vetting
from releases.errors import InvalidUpload, ReleasesError, UploadLimitReached, VersionTaken
from releases.models import Release
from releases.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that has arrived, with the digest of exactly these bytes."""

    file: "File[bytes]"
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What the seller says the archive holds; the scan checks it."""

    name: str
    version: str
    is_to_publish: bool = False


def receive(declared: Declared, upload: Upload, *, by: Actor, now: datetime) -> Release:
    """Keep an upload as a release that waits for its scan.

    Raises SignInRequired, MissingScope, InvalidUpload, VendorNotFound, NotItsSeller,
    ListingRetired, VersionTaken and UploadLimitReached; nothing is kept then.
    """
    _check_name(declared.name)
    version = _checked_version(declared.version)
    vendor = listings.vendor_to_sell_under(declared.name, by=by)
    _refuse_early(vendor, declared, now=now)
    key = storage.put_upload(upload.file)
    try:
        with transaction.atomic():
            return _registered(vendor, version, declared, upload, key=key, by=by, now=now)
    except (ReleasesError, CatalogError):
        # Any other error leaves it unknown whether the row stands: the bytes stay with it, and the
        # daily purge takes those that no row wants.
        storage.drop_upload(key)
        raise


def _registered(
    vendor: Vendor,
    version: Version,
    declared: Declared,
    upload: Upload,
    *,
    key: str,
    by: Actor,
    now: datetime,
) -> Release:
    # Uploads of one vendor stand in line here, so that their number is exact, and with whoever
    # deletes the organization behind it, who may have been faster.
    if not vendors.is_active(Vendor.objects.select_for_update().get(pk=vendor.pk)):
        raise VendorNotFound(vendor.slug)
    _refuse_flood(vendor, now=now)
    listing = listings.ensure_draft(declared.name, vendor=vendor, by=by, now=now)
    release = _created(listing, version, declared, upload, key=key, by=by, now=now)
    data = {"version": release.version, "sha256": upload.sha256, "bytes": upload.size_bytes}
    record(Action.RELEASE_UPLOADED, by=by.who, now=now, subject=release.subject, data=data)
    vetting.vet_on_commit(release)
    return release


def _created(
    listing: Listing,
    version: Version,
    declared: Declared,
    upload: Upload,
    *,
    key: str,
    by: Actor,
    now: datetime,
) -> Release:
    try:
        with transaction.atomic():
            return Release.objects.create(
                listing=listing,
                version=str(version),
                major=version.major,
                minor=version.minor,
                patch=version.patch,
                is_to_publish=declared.is_to_publish,
                uploaded_by=by.require_user(),
                upload_sha256=upload.sha256,
                upload_bytes=upload.size_bytes,
                upload_key=key,
                lease_until=now + vetting.MESSAGE_TIME,
                created_at=now,
            )
    except IntegrityError as error:
        raise VersionTaken(name=declared.name, version=declared.version) from error


def _check_name(name: str) -> None:
    if parse_name(name) is None:
        raise InvalidUpload("name", "Use vendor/slug: lower-case letters, digits, single hyphens.")


def _checked_version(text: str) -> Version:
    try:
        return Version.parse(text)
    except InvalidVersion as error:
        raise InvalidUpload("version", "Use three numbers, such as 1.0.0.") from error


def _refuse_early(vendor: Vendor, declared: Declared, *, now: datetime) -> None:
    """Refuse before the bytes are moved what the database would refuse afterwards."""
    _refuse_flood(vendor, now=now)
    taken = Release.objects.filter(listing__name=declared.name, version=declared.version)
    if taken.exclude(state=State.REJECTED).exists():
        raise VersionTaken(name=declared.name, version=declared.version)


def _refuse_flood(vendor: Vendor, *, now: datetime) -> None:
    """Hold a vendor to its uploads in an hour, counted in rows: nothing counts twice."""
    tier = settings.RATE_LIMITS["upload"]
    wait = row_limits.wait_for(
        Release.objects.filter(listing__vendor=vendor),
        "created_at",
        most=tier.limit,
        window=timedelta(seconds=tier.seconds),
        now=now,
    )
    if wait is not None:
        raise UploadLimitReached(wait)
