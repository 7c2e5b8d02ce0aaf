"""What rows have in common that everybody who has a listing is told of."""

from datetime import datetime, timedelta
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

_Row = TypeVar("_Row", bound="Told")


class ToldQuerySet(models.QuerySet[_Row]):
    """Questions about many of them."""

    def untold(self, *, now: datetime) -> Self:
        """Keep those whose buyers are not all told, and whom no worker is telling."""
        untold = self.filter(self.model.TO_TELL, told_at__isnull=True)
        return untold.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))


class Told(models.Model):
    """Something that every buyer is told of once; who was stands in its `notices`.

    A worker that tells them holds it under a lease. told_at: when the last of them was told.
    """

    # Which of them there is anything to tell of.
    TO_TELL: ClassVar[Q] = Q()

    told_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)

    class Meta:
        abstract = True

    def claim(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Take it to tell its buyers, if nobody else does; tell whether it worked."""
        is_free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
        untold = self._mine().filter(self.TO_TELL, is_free, Q(("told_at__isnull", True)))
        return untold.update(lease_token=token, lease_until=now + lease) == 1

    def renew(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Keep it for longer; tell whether it is still ours."""
        held = self._mine().filter(Q(lease_token=token, lease_until__gt=now))
        return held.update(lease_until=now + lease) == 1

    def let_go(self, token: str, *, told_at: datetime | None) -> None:
        """Leave it to the next worker, or for good once everybody is told."""
        held = self._mine().filter(Q(("lease_token", token)))
        held.update(lease_until=None, lease_token="", told_at=told_at)

    def _mine(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)


class Notice(models.Model):
    """One buyer was told, or could not be: written once their mail is on its way.

    Buyers are told in the order of their keys, so the highest one here is how far it has come.
    """

    append_only = True

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    # The mail server wanted none for this address.
    is_refused = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
