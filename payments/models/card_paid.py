"""What rows have in common that one payment by card is for."""

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from payments.models.payer import PROVIDER_ID_LENGTH

_Row = TypeVar("_Row", bound="CardPaid")


class CardPaidQuerySet(models.QuerySet[_Row]):
    """Questions about many of them."""

    def open(self) -> Self:
        """Keep those whose payment can still change at the provider."""
        return self.filter(self.model.OPEN)

    def overdue(self, *, now: datetime) -> Self:
        """Keep open ones about which the provider should be asked by now."""
        return self.open().filter(check_at__lte=now)


class CardPaid(models.Model):
    """A row whose end the provider decides; its payment there names it by public id.

    A row of this kind also has `public_id` and `check_at`: when the provider is asked next.
    """

    # Which of them can still change.
    OPEN: ClassVar[Q]

    intent_id = models.CharField(  # noqa: DJ001 (NULL until there is one; '' would collide)
        max_length=PROVIDER_ID_LENGTH, null=True, unique=True, editable=False
    )
    # Part of the idempotency key under which the payment is made.
    attempt = models.PositiveIntegerField(default=1, editable=False)
    failure_code = models.CharField(max_length=100, blank=True, editable=False)
    # How often the provider was asked.
    checks = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def key(self) -> str:
        """Return the idempotency key of its payment at the provider."""
        return f"{self._public_id}:{self.attempt}"

    def adopt(self, intent_id: str) -> bool:
        """Remember which payment is its own; tell whether it is that one."""
        free = self._mine().filter(Q(intent_id__isnull=True) | Q(intent_id=intent_id))
        is_mine = free.update(intent_id=intent_id) == 1
        self.refresh_from_db(fields=["intent_id"])
        return is_mine

    def raise_attempt(self) -> None:
        """Give its payment another key: the provider keeps an error of its own with the old one."""
        mine = self._mine().filter(attempt=self.attempt, intent_id__isnull=True)
        mine.update(attempt=F("attempt") + 1)
        self.refresh_from_db(fields=["attempt"])

    def move(self, *states: str, **changes: Any) -> bool:
        """Change it if it is in one of these states; tell whether it was."""
        is_moved = self._mine().filter(Q(("state__in", states))).update(**changes) == 1
        if is_moved:
            for name, value in changes.items():
                setattr(self, name, value)
        return is_moved

    def take_check(self, *, now: datetime, next_at: datetime) -> bool:
        """Take the right to ask the provider; nobody else has it before `next_at`."""
        due = self._mine().filter(self.OPEN, Q(("check_at__lte", now)))
        taken: dict[str, Any] = {"check_at": next_at, "checks": F("checks") + 1}
        return due.update(**taken) == 1

    @property
    def _public_id(self) -> str:
        public_id: str = self.public_id  # type: ignore[attr-defined]  # of the row itself
        return public_id

    def _mine(self) -> models.QuerySet[Self]:
        return type(self)._default_manager.filter(pk=self.pk)
