"""What scans have found: of bytes, by digest; only scans that came to their end have a row."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.public_id import PublicIdField
from scanning.child.excerpts import EXCERPT_CHARACTERS
from scanning.child.views import LAYER_CHARACTERS
from scanning.rules.rule import Category, Confidence, Severity
from scanning.verdicts import Effect, Verdict

FILE_CHARACTERS = 300
ADVICE_CHARACTERS = 1200
_DIGEST_SHAPE = r"^[0-9a-f]{64}$"
_DIGEST_OR_NOTHING = r"^(?:[0-9a-f]{64})?$"


class Report(models.Model):
    """The judgement of one ruleset on one archive.

    sha256: of the canonical bytes; of the upload where no canonical archive could be made.
    quality: `{"score": 0 to 100, "reasons": [{"points": -10, "says": "..."}]}`; empty where there
    is no valid package. timings: milliseconds of the children, and kilobytes at most.
    facts_sha256: of what the archive says of itself, so that two readings can be compared; empty
    where there is none.
    """

    append_only = True

    public_id = PublicIdField("rep")
    sha256 = models.CharField(max_length=64)
    ruleset = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=[(str(v), v.capitalize()) for v in Verdict])
    facts_sha256 = models.CharField(max_length=64, blank=True)
    layers: Any = models.JSONField(default=list)
    capabilities: Any = models.JSONField(default=dict)
    quality: Any = models.JSONField(default=dict)
    timings: Any = models.JSONField(default=dict)
    duration_ms = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "ruleset"], name="scanning_report_digest_ruleset_unique"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=_DIGEST_SHAPE), name="scanning_report_sha256_shape"
            ),
            models.CheckConstraint(
                condition=Q(ruleset__regex=_DIGEST_SHAPE), name="scanning_report_ruleset_shape"
            ),
            models.CheckConstraint(
                condition=Q(facts_sha256__regex=_DIGEST_OR_NOTHING),
                name="scanning_report_facts_shape",
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[str(v) for v in Verdict]),
                name="scanning_report_verdict_known",
            ),
            models.CheckConstraint(
                condition=~Q(facts_sha256="") | Q(verdict=str(Verdict.FAILED)),
                name="scanning_report_without_facts_failed",
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"report:{self.public_id}"


class Finding(models.Model):
    """One rule met at one place. What it met is known by a keyed hash only, never by itself.

    file_sha256: of the file, or empty where it is the package as a whole. layer: how the text was
    hidden, such as `base64`. excerpt: for staff only, secrets masked. is_enforced: otherwise the
    rule only watches, and sellers are not told. is_malicious: nobody honest ships this.
    """

    append_only = True

    public_id = PublicIdField("fnd")
    report = models.ForeignKey(Report, models.PROTECT, related_name="findings")
    rule = models.CharField(max_length=100)
    category = models.CharField(max_length=20, choices=[(str(c), c.capitalize()) for c in Category])
    severity = models.CharField(max_length=10, choices=[(str(s), s.capitalize()) for s in Severity])
    confidence = models.CharField(
        max_length=10, choices=[(str(c), c.capitalize()) for c in Confidence]
    )
    effect = models.CharField(max_length=10, choices=[(str(e), e.capitalize()) for e in Effect])
    is_enforced = models.BooleanField(default=True)
    is_malicious = models.BooleanField(default=False)
    file = models.CharField(max_length=FILE_CHARACTERS, blank=True)
    line = models.PositiveIntegerField(null=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    layer = models.CharField(max_length=LAYER_CHARACTERS, blank=True)
    advice = models.CharField(max_length=ADVICE_CHARACTERS)
    excerpt = models.CharField(max_length=EXCERPT_CHARACTERS, blank=True)
    match_hmac = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=[str(c) for c in Category]),
                name="scanning_finding_category_known",
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[str(s) for s in Severity]),
                name="scanning_finding_severity_known",
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=[str(c) for c in Confidence]),
                name="scanning_finding_confidence_known",
            ),
            models.CheckConstraint(
                condition=Q(file_sha256__regex=_DIGEST_OR_NOTHING),
                name="scanning_finding_file_shape",
            ),
            models.CheckConstraint(
                condition=Q(effect__in=[str(e) for e in Effect]),
                name="scanning_finding_effect_known",
            ),
            models.CheckConstraint(
                condition=Q(match_hmac__regex=_DIGEST_OR_NOTHING),
                name="scanning_finding_match_hmac_shape",
            ),
            models.CheckConstraint(
                condition=Q(rule__regex=r"^[a-z-]+/[a-z0-9-]+$"),
                name="scanning_finding_rule_shape",
            ),
        ]

    @property
    def place(self) -> str:
        """Return file and line as `SKILL.md:12`; nothing for the package as a whole."""
        return f"{self.file}:{self.line}" if self.line else self.file
