"""How releases look in JSON."""

from rest_framework import serializers

from accounts.api.serializers import CamelSerializer
from catalog.models.listing import NAME_LENGTH
from mog_package.versions import PATTERN as VERSION_PATTERN
from releases.models import Cause, DisputeState
from releases.models.dispute import STATEMENT_CHARACTERS
from releases.models.release import STATE_CHOICES
from releases.notices import page_of
from releases.progress import Progress
from releases.recall import MOST_PACKAGES, Status
from releases.shown_findings import Weight
from scanning.rules.rule import Category, Severity


class NewReleaseSerializer(CamelSerializer):
    """A seller uploads; the web process looks at these words only, never into the archive."""

    name = serializers.CharField(max_length=200)
    version = serializers.CharField(max_length=100)
    publish = serializers.BooleanField(required=False, default=False)
    archive = serializers.FileField(allow_empty_file=True)


class DisputeSerializer(CamelSerializer):
    """What a seller has said against a finding, and what staff has answered."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(choices=DisputeState.choices)
    statement = serializers.CharField()
    opened_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class EarlierDisputeSerializer(DisputeSerializer):
    """The same of a finding that the last scan no longer has."""

    file = serializers.CharField(source="finding.file")
    line = serializers.IntegerField(source="finding.line", allow_null=True)
    advice = serializers.CharField(source="finding.advice")


class NewDisputeSerializer(CamelSerializer):
    """Why a finding is wrong."""

    statement = serializers.CharField(max_length=STATEMENT_CHARACTERS)


class FindingSerializer(CamelSerializer):
    """One thing a scan found, as its seller may read it: never the matched text.

    weight: whether it stops the release, asks for a person, only notes something, or was cleared
    by a person and counts for nothing.
    """

    id = serializers.CharField()
    rule_id = serializers.CharField()
    category = serializers.ChoiceField(choices=[str(category) for category in Category])
    severity = serializers.ChoiceField(choices=[str(severity) for severity in Severity])
    weight = serializers.ChoiceField(choices=[str(weight) for weight in Weight])
    file = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    advice = serializers.CharField()
    is_contestable = serializers.BooleanField()
    dispute = DisputeSerializer(allow_null=True)


class ReviewSerializer(CamelSerializer):
    """That a person will look at a release: why, and by when they should have."""

    cause = serializers.ChoiceField(choices=Cause.choices)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class RescanSerializer(CamelSerializer):
    """Another scan of a release; what it found stands on the release once it has finished."""

    id = serializers.CharField(source="public_id")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    is_conclusive = serializers.BooleanField(allow_null=True)


class NewRescanSerializer(CamelSerializer):
    """Nothing needs to be said to have a release scanned again."""


class _QualityReasonSerializer(CamelSerializer):
    points = serializers.IntegerField()
    says = serializers.CharField()


class QualitySerializer(CamelSerializer):
    """How well a package is made, of 100, and what was taken off for what."""

    score = serializers.IntegerField()
    reasons = _QualityReasonSerializer(many=True)


class OwnReleaseSerializer(CamelSerializer):
    """A release as its seller sees it: `progress.of` one."""

    id = serializers.CharField(source="release.public_id")
    name = serializers.CharField(source="release.name")
    version = serializers.CharField(source="release.version")
    state = serializers.ChoiceField(choices=STATE_CHOICES, source="release.state")
    is_final = serializers.BooleanField(source="release.is_final")
    title = serializers.CharField()
    explanation = serializers.CharField()
    publish = serializers.BooleanField(source="release.is_to_publish")
    problem = serializers.CharField(source="release.problem")
    reason = serializers.CharField()
    upload_sha256 = serializers.CharField(source="release.upload_sha256")
    sha256 = serializers.CharField(source="release.artifact.sha256", default=None, allow_null=True)
    size_bytes = serializers.IntegerField(source="release.upload_bytes")
    created_at = serializers.DateTimeField(source="release.created_at")
    published_at = serializers.DateTimeField(source="release.published_at", allow_null=True)
    scanned_at = serializers.DateTimeField(allow_null=True)
    findings = FindingSerializer(many=True)
    earlier_disputes = EarlierDisputeSerializer(source="earlier", many=True)
    quality = QualitySerializer(allow_null=True)
    review = ReviewSerializer(allow_null=True)
    rescan = RescanSerializer(allow_null=True)
    url = serializers.SerializerMethodField()

    def get_url(self, shown: Progress) -> str:
        """Return the page."""
        return page_of(shown.release)


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
