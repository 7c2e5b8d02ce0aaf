"""What stands on the shelf of a development machine: real packages, through the real pipeline."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files import File

import mog_package
from accounts.actor import Actor
from accounts.models import User
from accounts.scopes import ALL_SCOPES
from audit.who import ActorKind
from catalog import listings, vendors
from catalog.listings import Description
from catalog.models import Listing, Vendor
from catalog.vendors import Profile
from mog_package import Package
from payments import entitlements
from payments.models import Source
from releases import uploads
from releases.models import Release
from releases.uploads import Declared, Upload

FOLDER: Path = settings.BASE_DIR / "demo" / "packages"
# Files that make a later version of one of them: one that a person has to look at.
UPDATES: Path = settings.BASE_DIR / "demo" / "updates"
VENDOR = "field-notes"
_OWNED = "release-notes"
# Where a slug alone would not make a good one.
_TITLES = {"plain-python": "Plain Python"}
# One has a price, so that buying can be tried.
_PRICES_CENTS = {"decision-log": 499}
_PROFILE = Profile(
    display_name="Field Notes",
    bio="Small, careful packages that we use every day ourselves.",
    website="https://example.com",
)


def ensure_catalogue(*, seller: User, buyer: User, now: datetime) -> None:
    """Upload what is not there yet, to be published once a worker has scanned it.

    The uploads wait in the queue until there is a worker: starting is as quick as without them.
    """
    vendor = _vendor(_at_work(seller), now=now)
    known = set(
        Release.objects.filter(listing__vendor=vendor).values_list("listing__slug", "version")
    )
    for layers in (*([folder] for folder in sorted(FOLDER.iterdir())), *_updates()):
        _upload(layers, known, by=_at_work(seller), now=now)
    owned = Listing.objects.filter(vendor=vendor, slug=_OWNED).first()
    if owned is not None and not known:
        entitlements.grant(owned, source=Source.FREE, by=_at_work(buyer), now=now)


def _vendor(by: Actor, *, now: datetime) -> Vendor:
    known = Vendor.objects.filter(slug=VENDOR).first()
    if known is not None:
        return known
    opened = vendors.open_vendor(slug=VENDOR, profile=_PROFILE, by=by, now=now)
    vendors.set_verified(opened, is_verified=True, by=Actor.system(), now=now)
    return opened


def _updates() -> list[list[Path]]:
    """Return for each update the folders whose files it is made of, later ones over earlier."""
    return [[FOLDER / folder.name, folder] for folder in sorted(UPDATES.iterdir())]


def _upload(layers: list[Path], known: set[tuple[str, str]], *, by: Actor, now: datetime) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for layer in layers:
            shutil.copytree(layer, folder, dirs_exist_ok=True)
        package = mog_package.validate(mog_package.open_directory(Path(folder)))
        if (package.manifest.slug, str(package.manifest.version)) not in known:
            _send(package, by=by, now=now)


def _send(package: Package, *, by: Actor, now: datetime) -> None:
    manifest = package.manifest
    with tempfile.TemporaryFile() as archive:
        artifact = mog_package.write_canonical(package, archive)
        archive.seek(0)
        release = uploads.receive(
            Declared(name=str(manifest.name), version=str(manifest.version), is_to_publish=True),
            Upload(
                file=File(archive, name="upload"),
                sha256=artifact.sha256,
                size_bytes=artifact.size_bytes,
            ),
            by=by,
            now=now,
        )
    if manifest.slug in _TITLES or manifest.slug in _PRICES_CENTS:
        said = Description(
            title=_TITLES.get(manifest.slug, release.listing.title),
            summary="",
            tags=[],
            price_cents=_PRICES_CENTS.get(manifest.slug, 0),
            visibility="public",
        )
        listings.describe(release.listing, said, by=by, now=now)


def _at_work(user: User) -> Actor:
    """Return one of the demo people, as if signed in."""
    return Actor(kind=ActorKind.USER, user=user, scopes=ALL_SCOPES)
