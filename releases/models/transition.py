"""Every move of every release: who, when, why."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from releases.models.release import Release


class Transition(models.Model):
    """One move, written with it; `by` is empty for the service itself."""

    append_only = True

    release = models.ForeignKey(Release, models.PROTECT, related_name="transitions")
    before = models.CharField(max_length=9)
    after = models.CharField(max_length=9)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["release", "id"], name="releases_transition_by_release")]
