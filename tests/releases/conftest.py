"""A seller, packages to upload, and a worker that works at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from catalog.models import Vendor
from mog_site.celery import app
from tests.bearer import SELLER, Bearer
from tests.factories.catalog import VendorFactory
from tests.mog_package import packages

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
def seller(acme: Vendor, alice: User) -> Client:
    """Alice's token."""
    return Bearer(alice, SELLER).client


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
