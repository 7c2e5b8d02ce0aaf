"""The least valid rows of what pages show: vendors, listings, releases, findings, entitlements."""

import factory
from django.utils import timezone

from catalog.models import Listing, ListingState, Vendor
from catalog.search import filters
from payments.models import Entitlement, Source
from releases.models import Artifact, Release
from releases.states import SHOWN, State
from scanning.models import Finding, Report
from scanning.verdicts import Verdict
from tests.factories.accounts import NamespaceFactory, UserFactory

_OFFERED = {ListingState.LIVE, ListingState.HIDDEN, ListingState.RETIRED}
_FILES = [
    {"path": "README.md", "sizeBytes": 120, "sha256": "a" * 64},
    {"path": "content/SKILL.md", "sizeBytes": 1_234, "sha256": "b" * 64},
    {"path": "mog.yaml", "sizeBytes": 90, "sha256": "c" * 64},
]
_MANIFEST = {
    "type": "skill",
    "description": "Reads PDFs.",
    "keywords": ["pdf"],
    "targets": ["claude-code", "generic"],
    "license": "MIT",
    "runsCode": False,
}
_CAPABILITIES = {"hosts": ["api.example.com"], "tools": ["git"], "envNames": []}


class VendorFactory(factory.django.DjangoModelFactory[Vendor]):
    """Somebody who sells on a namespace of their own."""

    class Meta:
        model = Vendor

    namespace = factory.SubFactory(NamespaceFactory, slug=factory.SelfAttribute("..slug"))
    slug = factory.Sequence(lambda n: f"vendor-{n}")
    user = factory.SubFactory(UserFactory)
    display_name = "Acme"


class ListingFactory(factory.django.DjangoModelFactory[Listing]):
    """A free skill on the shelf, findable."""

    class Meta:
        model = Listing
        skip_postgeneration_save = True

    vendor = factory.SubFactory(VendorFactory)
    slug = factory.Sequence(lambda n: f"pdf-tools-{n}")
    name = factory.LazyAttribute(lambda listing: f"{listing.vendor.slug}/{listing.slug}")
    type = "skill"
    title = "PDF tools"
    summary = "Reads PDFs."
    state = ListingState.LIVE
    latest_version = factory.LazyAttribute(lambda row: "1.0.0" if row.state in _OFFERED else "")
    released_at = factory.LazyAttribute(
        lambda row: timezone.now() if row.state in _OFFERED else None
    )

    @factory.post_generation  # type: ignore[untyped-decorator]  # the library has no types
    def findable(listing: Listing, create: bool, extracted: object, **_: object) -> None:  # noqa: FBT001, N805 (the library's signature)
        """Write the words of its filters, as the operations do."""
        listing.search_words = filters.words_of(listing)
        listing.save(update_fields=["search_words"])


class ReportFactory(factory.django.DjangoModelFactory[Report]):
    """A scan that found nothing."""

    class Meta:
        model = Report

    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    ruleset = "0123456789abcdef" * 4
    verdict = str(Verdict.PASSED)
    facts_sha256 = "f" * 64
    duration_ms = 40


class FindingFactory(factory.django.DjangoModelFactory[Finding]):
    """Something that a person should look at."""

    class Meta:
        model = Finding

    report = factory.SubFactory(ReportFactory, verdict=str(Verdict.FLAGGED))
    rule = "secret/named-value"
    category = "secret"
    severity = "high"
    effect = "review"
    file = "content/SKILL.md"
    line = 12
    advice = "Remove the password, and change it where it is used."


class ReleaseFactory(factory.django.DjangoModelFactory[Release]):
    """Version 1.0.0 of a listing, published; another state brings what it needs."""

    class Meta:
        model = Release

    listing = factory.SubFactory(ListingFactory)
    version = "1.0.0"
    major = factory.LazyAttribute(lambda release: int(release.version.split(".")[0]))
    minor = factory.LazyAttribute(lambda release: int(release.version.split(".")[1]))
    patch = factory.LazyAttribute(lambda release: int(release.version.split(".")[2]))
    state = State.PUBLISHED
    uploaded_by = factory.SelfAttribute("listing.vendor.user")
    upload_sha256 = "d" * 64
    upload_bytes = 4_321
    upload_key = factory.LazyAttribute(lambda release: _if_waiting(release, "uploads/any", ""))
    lease_until = factory.LazyAttribute(lambda row: _if_waiting(row, timezone.now(), None))
    published_at = factory.LazyAttribute(
        lambda release: timezone.now() if release.state in SHOWN else None
    )


class ArtifactFactory(factory.django.DjangoModelFactory[Artifact]):
    """What was made of a release's upload: a skill of three files."""

    class Meta:
        model = Artifact

    release = factory.SubFactory(ReleaseFactory)
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    size_bytes = 4_300
    unpacked_bytes = 1_444
    manifest = _MANIFEST
    files = _FILES
    capabilities = _CAPABILITIES
    readme_html = "<h2>PDF tools</h2>\n<p>Reads <code>.pdf</code> files.</p>\n"


class EntitlementFactory(factory.django.DjangoModelFactory[Entitlement]):
    """A free listing that somebody has."""

    class Meta:
        model = Entitlement

    listing = factory.SubFactory(ListingFactory)
    user = factory.SubFactory(UserFactory)
    source = Source.FREE


def _if_waiting(release: Release, value: object, otherwise: object) -> object:
    return value if release.state in {State.UPLOADED, State.SCANNING} else otherwise
