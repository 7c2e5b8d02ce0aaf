"""What was made of an upload: the one archive everybody hashes, and what it holds."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from releases.models.release import Release


class Artifact(models.Model):
    """Written once, when a scan has ended; never changed: digests are NULL (no row) or final.

    files: `[{"path", "sizeBytes", "sha256"}]` in the order of their paths.
    manifest: as `docs/package-format.md` describes it, in camelCase.
    """

    append_only = True

    release = models.OneToOneField(Release, models.PROTECT, related_name="artifact")
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    unpacked_bytes = models.PositiveIntegerField()
    manifest = models.JSONField()
    files = models.JSONField()
    capabilities = models.JSONField(default=dict)
    readme_html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="releases_artifact_digest_shape"
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="releases_artifact_by_digest")]

    @property
    def runs_code(self) -> bool:
        """Tell whether using it runs a program that it names or brings."""
        return bool(self.manifest.get("runsCode"))
