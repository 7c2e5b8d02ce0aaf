"""Receive an archive: keep it, write down what was declared, have it examined."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from audit.actions import Action
from audit.log import record
from catalog import listings
from catalog.errors import CatalogError
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

    Raises SignInRequired, MissingScope, InvalidUpload, VendorNotFound, ListingRetired,
    VersionTaken and UploadLimitReached; nothing is kept then.
    """
    vendor_slug, slug = _checked_name(declared.name)
    version = _checked_version(declared.version)
    vendor = listings.vendor_to_sell_under(vendor_slug, by=by)
    _refuse_early(vendor, slug, declared, now=now)
    key = storage.put_upload(upload.file)
    try:
        with transaction.atomic():
            return _registered(vendor, slug, version, declared, upload, key=key, by=by, now=now)
    except (ReleasesError, CatalogError):
        # Any other error leaves it unknown whether the row stands: the bytes stay with it, and the
        # daily purge takes those that no row wants.
        storage.drop_upload(key)
        raise


def _registered(
    vendor: Vendor,
    slug: str,
    version: Version,
    declared: Declared,
    upload: Upload,
    *,
    key: str,
    by: Actor,
    now: datetime,
) -> Release:
    # Uploads of one vendor stand in line here, so that their number is exact.
    Vendor.objects.select_for_update().get(pk=vendor.pk)
    _refuse_flood(vendor, now=now)
    listing = listings.ensure_draft(vendor=vendor, slug=slug, by=by, now=now)
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


def _checked_name(name: str) -> tuple[str, str]:
    parts = parse_name(name)
    if parts is None:
        raise InvalidUpload("name", "Use vendor/slug: lower-case letters, digits, single hyphens.")
    return parts


def _checked_version(text: str) -> Version:
    try:
        return Version.parse(text)
    except InvalidVersion as error:
        raise InvalidUpload("version", "Use three numbers, such as 1.0.0.") from error


def _refuse_early(vendor: Vendor, slug: str, declared: Declared, *, now: datetime) -> None:
    """Refuse before the bytes are moved what the database would refuse afterwards."""
    _refuse_flood(vendor, now=now)
    taken = Release.objects.filter(
        listing__vendor=vendor, listing__slug=slug, version=declared.version
    )
    if taken.exclude(state=State.REJECTED).exists():
        raise VersionTaken(name=declared.name, version=declared.version)


def _refuse_flood(vendor: Vendor, *, now: datetime) -> None:
    """Hold a vendor to its uploads in an hour, counted in rows: nothing counts twice."""
    tier = settings.RATE_LIMITS["upload"]
    window = timedelta(seconds=tier.seconds)
    recent = Release.objects.filter(listing__vendor=vendor, created_at__gt=now - window)
    nth = recent.order_by("-created_at").values_list("created_at", flat=True)[tier.limit - 1 :][:1]
    for oldest_that_counts in nth:
        seconds = ceil((oldest_that_counts + window - now).total_seconds())
        raise UploadLimitReached(timedelta(seconds=max(1, seconds)))
