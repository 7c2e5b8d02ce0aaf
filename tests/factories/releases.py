"""The least valid rows of the releases room."""

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone

from releases.models import Artifact, Release
from releases.states import SHOWN, State
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory


class ReleaseFactory(factory.django.DjangoModelFactory[Release]):
    """A published release, without an artifact."""

    class Meta:
        model = Release

    listing = factory.SubFactory(ListingFactory)
    version = "1.0.0"
    major = factory.LazyAttribute(lambda release: int(release.version.split(".")[0]))
    minor = factory.LazyAttribute(lambda release: int(release.version.split(".")[1]))
    patch = factory.LazyAttribute(lambda release: int(release.version.split(".")[2]))
    state = State.PUBLISHED
    uploaded_by = factory.SubFactory(UserFactory)
    upload_sha256 = "0" * 64
    upload_bytes = 500
    published_at = factory.LazyAttribute(
        lambda release: timezone.now() if release.state in SHOWN else None
    )


class WaitingReleaseFactory(ReleaseFactory):
    """A release that waits for its scan, with a message on its way."""

    state = State.UPLOADED
    upload_key = "uploads/nothing"
    lease_until = factory.LazyFunction(lambda: timezone.now() + timedelta(seconds=10))


class ArtifactFactory(factory.django.DjangoModelFactory[Artifact]):
    """What was made of a published release's upload."""

    class Meta:
        model = Artifact

    release = factory.SubFactory(ReleaseFactory)
    sha256 = factory.LazyAttribute(
        lambda artifact: hashlib.sha256(artifact.release.public_id.encode()).hexdigest()
    )
    size_bytes = 500
    unpacked_bytes = 400
    manifest = factory.LazyAttribute(
        lambda artifact: {
            "name": artifact.release.listing.name,
            "version": artifact.release.version,
            "type": artifact.release.listing.type or "skill",
            "description": "Reads PDFs.",
            "targets": ["generic"],
            "installMap": {},
            "entrypoint": None,
            "requiresTools": [],
            "license": "MIT",
            "keywords": ["pdf"],
            "readme": "README.md",
            "executable": False,
            "runsCode": False,
            "server": None,
        }
    )
    files = factory.LazyFunction(
        lambda: [{"path": "README.md", "sizeBytes": 12, "sha256": "1" * 64}]
    )
    readme_html = "<h2>Reads PDFs</h2>"
