"""What the payment provider has told us: kept as it came, once each."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

ID_LENGTH = 255
TYPE_LENGTH = 100
ERROR_LENGTH = 300


class EventState(models.TextChoices):
    """What became of an event."""

    RECEIVED = "received", "Received"
    APPLIED = "applied", "Applied"
    IGNORED = "ignored", "Ignored"
    FAILED = "failed", "Failed"


class ProviderEventQuerySet(models.QuerySet["ProviderEvent"]):
    """Questions about many events."""

    def open(self) -> "ProviderEventQuerySet":
        """Keep those that nothing has come of yet."""
        return self.filter(state=EventState.RECEIVED)

    def free(self, *, now: datetime) -> "ProviderEventQuerySet":
        """Keep open ones that no worker holds."""
        return self.open().filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))

    def unattended(self, *, now: datetime) -> "ProviderEventQuerySet":
        """Keep free ones whose time has come."""
        return self.free(now=now).filter(due_at__lte=now)


class ProviderEvent(models.Model):
    """One event of the provider. Its body is evidence and never believed: whoever applies it asks
    the provider how the object stands now.
    """

    event_id = models.CharField(max_length=ID_LENGTH, unique=True, editable=False)
    type = models.CharField(max_length=TYPE_LENGTH, editable=False)
    api_version = models.CharField(max_length=TYPE_LENGTH, blank=True, editable=False)
    object_kind = models.CharField(max_length=TYPE_LENGTH, editable=False)
    object_id = models.CharField(max_length=ID_LENGTH, blank=True, editable=False)
    # Set when the object is a seller's own and not ours.
    account_id = models.CharField(max_length=ID_LENGTH, blank=True, editable=False)
    body = models.TextField(editable=False)
    happened_at = models.DateTimeField(editable=False)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(
        max_length=8, choices=EventState.choices, default=EventState.RECEIVED, editable=False
    )
    attempts = models.PositiveIntegerField(default=0, editable=False)
    error = models.CharField(max_length=ERROR_LENGTH, blank=True, editable=False)
    # When it is to be tried next, unless its message comes first.
    due_at = models.DateTimeField(default=timezone.now, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = ProviderEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=EventState.values), name="payments_providerevent_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=EventState.RECEIVED, ended_at__isnull=True)
                | (~Q(state=EventState.RECEIVED) & Q(ended_at__isnull=False)),
                name="payments_providerevent_ends_with_its_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="payments_providerevent_open",
                condition=Q(state=EventState.RECEIVED),
            ),
        ]

    def __str__(self) -> str:
        return self.event_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"event:{self.event_id}"[:80]

    def claim(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Take it to apply it, if nobody else does; tell whether it worked."""
        free = ProviderEvent.objects.free(now=now).filter(pk=self.pk)
        held = {"lease_token": token, "lease_until": now + lease}
        return free.update(**held, attempts=F("attempts") + 1) == 1

    def end(self, token: str, state: EventState, *, error: str = "", now: datetime) -> bool:
        """Say what became of it; tell whether it was still ours to say."""
        return self._let_go(token, state=state, error=error[:ERROR_LENGTH], ended_at=now)

    def postpone(self, token: str, *, error: str, due_at: datetime) -> bool:
        """Leave it for later; tell whether it was still ours."""
        return self._let_go(token, error=error[:ERROR_LENGTH], due_at=due_at)

    def reopen(self, *, now: datetime) -> bool:
        """Have it applied anew, unless somebody is at it; tell whether it is."""
        idle = ProviderEvent.objects.filter(pk=self.pk).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        )
        fresh = {"state": EventState.RECEIVED, "attempts": 0, "error": "", "ended_at": None}
        return idle.update(**fresh, due_at=now, lease_until=None, lease_token="") == 1

    def _let_go(self, token: str, **changes: object) -> bool:
        held = ProviderEvent.objects.open().filter(pk=self.pk, lease_token=token)
        return held.update(**changes, lease_until=None, lease_token="") == 1
