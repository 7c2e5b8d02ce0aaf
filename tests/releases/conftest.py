"""A seller, packages to upload, and a worker that works at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import Actor
from accounts.models import User
from catalog.models import Listing, Vendor
from mog_site.celery import app
from releases.models import Release
from scanning.errors import Reason, ScanInconclusive
from tests import shelf
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.mog_package import packages
from tests.releases import rescanning
from tests.releases.people import at_work, staff

RELEASES = "/v1/vendor/releases"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Settings) -> None:
    """Give each test a storage of its own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files", "file_permissions_mode": 0o600},
        }
    }
    settings.INCOMING_DIR = tmp_path / "incoming"


@pytest.fixture
def worker() -> Iterator[None]:
    """Let tasks run as soon as they are sent."""
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = False
    app.conf.task_eager_propagates = False


@pytest.fixture
def acme(alice: User) -> Vendor:
    """Alice's vendor; packages are made for it."""
    vendor: Vendor = VendorFactory.create(slug="acme", user=alice)
    return vendor


@pytest.fixture
def listing(acme: Vendor) -> Listing:
    """What Alice sells: acme/pdf-tools, published."""
    made: Listing = ListingFactory.create(vendor=acme, slug="pdf-tools", price_cents=499)
    shelf.published(listing=made)
    return made


@pytest.fixture
def globex(bob: User) -> Vendor:
    """Bob's vendor, which has the badge."""
    made: Vendor = VendorFactory.create(
        slug="globex", display_name="Globex", user=bob, verified_at=timezone.now()
    )
    return made


@pytest.fixture
def seller(acme: Vendor, alice: User) -> Client:
    """Alice's token."""
    return Bearer(alice, SELLER).client


@pytest.fixture
def moderator(db: None) -> Actor:
    """Somebody of staff."""
    return staff()


@pytest.fixture
def support(db: None) -> Client:
    """A browser of staff who may look."""
    return at_work("support")[0]


@pytest.fixture
def reviewer(db: None) -> tuple[Client, User]:
    """A browser of staff who may decide, and who that is."""
    return at_work("moderator")


@pytest.fixture
def rules(settings: Settings, tmp_path: Path) -> rescanning.Rules:
    """Let rules of tomorrow be in force, which meet `acme-` and their name."""

    def change(*names: str, severity: str = "high", malicious: str = "false") -> None:
        folder = tmp_path / f"packs-{'-'.join([*names, severity, malicious])}"
        folder.mkdir(exist_ok=True)
        each = [
            rescanning.RULE.format(name=n, severity=severity, malicious=malicious) for n in names
        ]
        (folder / "own.yaml").write_text("".join(each) or "[]", encoding="utf-8")
        settings.SCAN_RULES_DIR = str(folder)

    return change


@pytest.fixture
def upload(seller: Client, worker: None) -> rescanning.Upload:
    """Upload the package that `rules` meet, and let it be decided."""

    def send_one(**fields: str) -> Release:
        files = packages.complete() | {"content/notes.md": b"acme-badge\n\nacme-pin\n"}
        _, body = send(seller, archive(files), **fields)
        return rescanning.fresh(body["id"])

    return send_one


def archive(contents: Mapping[str, bytes] | None = None) -> bytes:
    """Return the zip of a package, `acme/pdf-tools` 1.0.0 unless files are given."""
    return packages.zipped(contents or packages.complete()).getvalue()


def send(client: Client, data: bytes | None = None, /, **fields: str) -> tuple[int, dict[str, Any]]:
    """Upload bytes; return status and answer."""
    file = SimpleUploadedFile("any.zip", archive() if data is None else data)
    body = {"name": "acme/pdf-tools", "version": "1.0.0", "archive": file} | fields
    answer = client.post(RELEASES, body)
    return answer.status_code, answer.json()


def kept_files() -> list[str]:
    """Return what lies in the storage and on the way to it."""
    folders = (Path(settings.STORAGES["default"]["OPTIONS"]["location"]), settings.INCOMING_DIR)
    return sorted(
        str(file.relative_to(folder))
        for folder in folders
        for file in Path(folder).rglob("*")
        if file.is_file()
    )


def starves(*_: object, **__: object) -> None:
    """Stand in for a scan that a busy machine gave no time."""
    raise ScanInconclusive(Reason.STARVED)
