"""How releases look in JSON."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.api.serializers import CamelSerializer
from catalog.models.listing import NAME_LENGTH
from mog_package.versions import PATTERN as VERSION_PATTERN
from releases.models import Release
from releases.models.release import STATE_CHOICES
from releases.recall import MOST_PACKAGES, Status
from scanning.models import Finding
from scanning.public_rules import name_for_sellers


class NewReleaseSerializer(CamelSerializer):
    """A seller uploads; the web process looks at these words only, never into the archive."""

    name = serializers.CharField(max_length=200)
    version = serializers.CharField(max_length=100)
    publish = serializers.BooleanField(required=False, default=False)
    archive = serializers.FileField(allow_empty_file=True)


class FindingSerializer(CamelSerializer):
    """One thing a scan found, as its seller may read it: never the matched text."""

    rule_id = serializers.SerializerMethodField()
    category = serializers.CharField()
    severity = serializers.CharField()
    file = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    advice = serializers.CharField()

    def get_rule_id(self, finding: Finding) -> str:
        """Return the rule, where it is an open one."""
        return name_for_sellers(finding)


def _place(finding: Finding) -> tuple[str, int]:
    return (finding.file, finding.line or 0)


class OwnReleaseSerializer(CamelSerializer):
    """A release as its seller sees it."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    version = serializers.CharField()
    state = serializers.ChoiceField(choices=STATE_CHOICES)
    is_final = serializers.BooleanField()
    publish = serializers.BooleanField(source="is_to_publish")
    problem = serializers.CharField()
    upload_sha256 = serializers.CharField()
    sha256 = serializers.CharField(source="artifact.sha256", default=None, allow_null=True)
    size_bytes = serializers.IntegerField(source="upload_bytes")
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    findings = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_findings(self, release: Release) -> list[dict[str, Any]]:
        """Return what the scan found, by file and line."""
        if release.report is None:
            return []
        found = sorted(release.report.findings.all(), key=_place)
        return [dict(finding) for finding in FindingSerializer(found, many=True).data]

    def get_url(self, release: Release) -> str:
        """Return the page."""
        return f"{settings.SITE_URL}/releases/{release.public_id}"


class VersionSerializer(CamelSerializer):
    """A version as everybody sees it who sees the listing."""

    id = serializers.CharField(source="public_id")
    version = serializers.CharField()
    state = serializers.ChoiceField(choices=STATE_CHOICES)
    sha256 = serializers.CharField(source="artifact.sha256")
    size_bytes = serializers.IntegerField(source="artifact.size_bytes")
    published_at = serializers.DateTimeField()


class _FileSerializer(CamelSerializer):
    path = serializers.CharField()
    sizeBytes = serializers.IntegerField()  # noqa: N815 (stored under its public name)
    sha256 = serializers.CharField()


class VersionDetailSerializer(VersionSerializer):
    """The same with what is in it."""

    files = _FileSerializer(source="artifact.files", many=True)
    capabilities = serializers.DictField(source="artifact.capabilities")


class PublicationSerializer(CamelSerializer):
    """Nothing needs to be said to publish a release."""


class WithdrawalSerializer(CamelSerializer):
    """Why a release is taken back; its buyers read it."""

    reason = serializers.CharField(max_length=500)


class NewDownloadSerializer(CamelSerializer):
    """Somebody wants the bytes of a listing, by its name."""

    listing = serializers.CharField(max_length=200)
    version = serializers.CharField(max_length=100, required=False, allow_null=True, default=None)


class TicketSerializer(CamelSerializer):
    """Where they are for a few minutes, and what they must be."""

    url = serializers.CharField(source="link.url")
    expires_at = serializers.DateTimeField(source="link.expires_at")
    sha256 = serializers.CharField(source="release.artifact.sha256")
    size_bytes = serializers.IntegerField(source="release.artifact.size_bytes")
    version = serializers.CharField(source="release.version")
    entitlement_id = serializers.CharField(
        source="entitlement.public_id", default=None, allow_null=True
    )
    manifest = serializers.DictField(source="release.artifact.manifest")


class InstalledSerializer(CamelSerializer):
    """A package as mog.lock.json has it."""

    name = serializers.CharField(max_length=NAME_LENGTH)
    version = serializers.RegexField(f"^{VERSION_PATTERN}$", max_length=29)
    sha256 = serializers.RegexField("^[0-9a-f]{64}$")


class NewAuditSerializer(CamelSerializer):
    """Somebody wants to know how what they have installed stands."""

    packages = serializers.ListField(
        child=InstalledSerializer(), min_length=1, max_length=MOST_PACKAGES
    )


class StandingSerializer(CamelSerializer):
    """How one of them stands; of an unknown one nothing else is said."""

    name = serializers.CharField(source="installed.name")
    version = serializers.CharField(source="installed.version")
    status = serializers.ChoiceField(choices=[(each.value, each.value) for each in Status])
    reason = serializers.CharField(allow_blank=True)
    same_archive = serializers.BooleanField(source="is_same_archive", allow_null=True)
    latest_version = serializers.CharField(allow_null=True)
    has_newer = serializers.BooleanField()


class AuditAnswerSerializer(CamelSerializer):
    """The answers, in the order of the questions."""

    items = StandingSerializer(many=True)
