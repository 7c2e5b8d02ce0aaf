"""The least valid rows of the releases room."""

import hashlib
from datetime import timedelta

import factory
from django.utils import timezone

from releases.models import Artifact, Release
from releases.states import SHOWN, State
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ListingFactory

FILES = (
    {"path": "README.md", "sizeBytes": 120, "sha256": "a" * 64},
    {"path": "content/SKILL.md", "sizeBytes": 1_234, "sha256": "b" * 64},
    {"path": "mog.yaml", "sizeBytes": 90, "sha256": "c" * 64},
)
_CAPABILITIES = {"hosts": ["api.example.com"], "tools": ["git"], "envNames": []}


class ReleaseFactory(factory.django.DjangoModelFactory[Release]):
    """A published release, without an artifact; another state brings what it needs."""

    class Meta:
        model = Release

    listing = factory.SubFactory(ListingFactory)
    version = "1.0.0"
    major = factory.LazyAttribute(lambda release: int(release.version.split(".")[0]))
    minor = factory.LazyAttribute(lambda release: int(release.version.split(".")[1]))
    patch = factory.LazyAttribute(lambda release: int(release.version.split(".")[2]))
    state = State.PUBLISHED
    uploaded_by = factory.LazyAttribute(
        lambda release: release.listing.vendor.user or UserFactory.create()
    )
    upload_sha256 = "d" * 64
    upload_bytes = 4_321
    upload_key = factory.LazyAttribute(lambda row: "uploads/any" if _waits(row) else "")
    lease_until = factory.LazyAttribute(
        lambda row: timezone.now() + timedelta(seconds=10) if _waits(row) else None
    )
    published_at = factory.LazyAttribute(
        lambda release: timezone.now() if release.state in SHOWN else None
    )


class WaitingReleaseFactory(ReleaseFactory):
    """A release that waits for its scan, with a message on its way."""

    state = State.UPLOADED


class ArtifactFactory(factory.django.DjangoModelFactory[Artifact]):
    """What was made of a published release's upload; `runs_code=True` for what runs a program."""

    class Meta:
        model = Artifact

    class Params:
        runs_code = False

    release = factory.SubFactory(ReleaseFactory)
    sha256 = factory.LazyAttribute(
        lambda artifact: hashlib.sha256(artifact.release.public_id.encode()).hexdigest()
    )
    size_bytes = 4_300
    unpacked_bytes = 1_444
    manifest = factory.LazyAttribute(
        lambda artifact: _manifest(artifact.release) | {"runsCode": artifact.runs_code}
    )
    files = factory.LazyFunction(lambda: [dict(file) for file in FILES])
    capabilities = factory.LazyFunction(lambda: dict(_CAPABILITIES))
    readme_html = "<h2>PDF tools</h2>\n<p>Reads <code>.pdf</code> files.</p>\n"


def _manifest(release: Release) -> dict[str, object]:
    return {
        "name": release.listing.name,
        "version": release.version,
        "type": release.listing.type or "skill",
        "description": "Reads PDFs.",
        "targets": ["claude-code", "generic"],
        "installMap": {},
        "entrypoint": None,
        "requiresTools": ["git"],
        "license": "MIT",
        "keywords": ["pdf"],
        "readme": "README.md",
        "executable": False,
        "server": None,
    }


def _waits(release: Release) -> bool:
    return release.state in {State.UPLOADED, State.SCANNING}
