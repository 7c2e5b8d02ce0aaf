"""The trail: events as they were written, seals that chain them, tombstones of what was purged.

No foreign keys: a row outlives its subject. Triggers refuse every UPDATE and every DELETE that no
tombstone covers (`audit/append_only.py`); on PostgreSQL the running role lacks the grants as well.
"""

import secrets

from django.db import models
from django.db.models import Q

from audit.actions import RetentionClass
from audit.who import ActorKind

_MAC_SHAPE = r"^[0-9a-f]{64}$"
_TAG_SHAPE = r"^[a-z_]+\.[a-z_]+$"


def _new_uid() -> str:
    return secrets.token_hex(16)


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about many events."""

    def security_events_of(self, user_id: str) -> "EventQuerySet":
        """Keep what a person may see of their own trail, newest first.

        What they did, and what others, such as staff, did to their account.
        """
        is_theirs = Q(actor_id=user_id) | Q(subject=f"user:{user_id}")
        return self.filter(is_theirs, chain=RetentionClass.SECURITY).order_by("-id")

    def outside_chain(self) -> "EventQuerySet":
        """Keep events that neither a seal nor the queue of the sealer knows: nobody wrote these."""
        return self.exclude(
            models.Exists(Seal.objects.filter(event_uid=models.OuterRef("uid")))
        ).exclude(models.Exists(Unsealed.objects.filter(event_id=models.OuterRef("pk"))))


class Event(models.Model):
    """One thing that happened. `data` is canonical JSON (RFC 8785) without personal data.

    mac: HMAC-SHA-256 of all columns but `id`, made where the event was written.
    """

    append_only = True

    uid = models.CharField(max_length=32, unique=True, default=_new_uid)
    chain = models.CharField(max_length=12)
    action = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    credential_id = models.CharField(max_length=40, blank=True)
    organization_id = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    data = models.TextField(default="{}")
    mac = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(chain__in=list(RetentionClass)), name="audit_event_chain_known"
            ),
            models.CheckConstraint(
                condition=Q(actor_kind__in=list(ActorKind)), name="audit_event_actor_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(action__regex=_TAG_SHAPE), name="audit_event_action_shape"
            ),
            models.CheckConstraint(
                condition=Q(mac__regex=_MAC_SHAPE), name="audit_event_mac_shape"
            ),
        ]
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="audit_event_by_actor"),
            models.Index(fields=["subject", "-id"], name="audit_event_by_subject"),
            models.Index(fields=["action", "-id"], name="audit_event_by_action"),
        ]


class Unsealed(models.Model):
    """The sealer's queue: filled by a trigger with every event, emptied as events are sealed.

    A trigger, not code: whoever writes an event past the application is queued too, and found.
    """

    event_id = models.BigIntegerField(primary_key=True)
    chain = models.CharField(max_length=12)
    at = models.DateTimeField()
    # What the sealer met here cannot be sealed: a wrong MAC, no event, one that is sealed already.
    # It passed on, and the row stays as evidence.
    is_set_aside = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["chain", "event_id"], name="audit_unsealed_by_chain")]


class Seal(models.Model):
    """One link of a chain: where an event stands, and a MAC over it and the link before.

    mac: HMAC-SHA-256 by the sealer's key over all other columns but `id`.
    """

    append_only = True

    chain = models.CharField(max_length=12)
    sequence = models.BigIntegerField()
    event_uid = models.CharField(max_length=32, unique=True)
    event_mac = models.CharField(max_length=64)
    previous_mac = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "sequence"], name="audit_seal_sequence_unique"
            ),
            models.CheckConstraint(
                condition=Q(sequence__gte=1), name="audit_seal_sequence_positive"
            ),
        ]


class Tombstone(models.Model):
    """What stands where sealed links were purged: enough to follow the chain across the gap."""

    append_only = True
    owner_only = True

    chain = models.CharField(max_length=12)
    first_sequence = models.BigIntegerField()
    last_sequence = models.BigIntegerField()
    first_previous_mac = models.CharField(max_length=64)
    last_mac = models.CharField(max_length=64)
    purged_at = models.DateTimeField()
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "first_sequence"], name="audit_tombstone_first_unique"
            ),
            models.CheckConstraint(
                condition=Q(last_sequence__gte=models.F("first_sequence")),
                name="audit_tombstone_in_order",
            ),
        ]


class PersonalData(models.Model):
    """Who and where an event was, beside the trail so that it can be erased without breaking it."""

    event_uid = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()
    user_id = models.CharField(max_length=40, blank=True, db_index=True)
    ip = models.CharField(max_length=45, blank=True)
    is_ip_truncated = models.BooleanField(default=False)
    user_agent = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True)

    class Meta:
        verbose_name_plural = "personal data"
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(is_ip_truncated=False),
                name="audit_personaldata_whole_ips",
            ),
        ]


class RefusalTally(models.Model):
    """Refusals of one kind from one source in one minute, until the minute becomes an event."""

    action = models.CharField(max_length=60)
    source = models.CharField(max_length=80)
    minute = models.DateTimeField()
    data = models.CharField(max_length=300, default="{}")
    count = models.PositiveIntegerField(default=1)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=40, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "source", "minute", "data"], name="audit_refusaltally_unique"
            ),
        ]
