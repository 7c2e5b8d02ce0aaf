"""One browser that somebody is signed in with."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.credential import Credential
from accounts.models.user import User
from accounts.public_id import PublicIdField


class WebSessionQuerySet(models.QuerySet["WebSession"]):
    """Questions about many sessions."""

    def live(self, *, now: datetime) -> "WebSessionQuerySet":
        """Keep those whose browser still acts: not ended, not idle for too long."""
        return self.filter(
            credential__revoked_at__isnull=True,
            credential__last_used_at__gt=now - settings.SESSION_IDLE_LIFETIME,
        )

    def dead(self, *, now: datetime) -> "WebSessionQuerySet":
        """Keep those that ended, or that nobody used for too long."""
        return self.filter(
            Q(credential__revoked_at__isnull=False)
            | Q(credential__last_used_at__lte=now - settings.SESSION_IDLE_LIFETIME)
        )

    def listed_for(self, user: User, *, now: datetime) -> "WebSessionQuerySet":
        """Return this user's live sessions with their credentials, the last used first."""
        return (
            self.live(now=now)
            .filter(credential__user=user)
            .select_related("credential")
            .order_by("-credential__last_used_at", "-pk")
        )


class WebSession(models.Model):
    """What a person may know of a signed-in browser; it acts through its internal credential.

    The credential says when it began, was last used and ended. `ip` and `user_agent` are personal
    data; they go with the row when it is purged.
    """

    public_id = PublicIdField("ses")
    credential = models.OneToOneField(
        Credential, models.PROTECT, related_name="web_session", editable=False
    )
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    objects = WebSessionQuerySet.as_manager()
