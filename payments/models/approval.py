"""A purchase that a spend policy leaves to a person, and what they said."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.actor import Actor
from accounts.models import Membership, Role, User
from accounts.public_id import PublicIdField
from payments.models.bound_price import BoundPrice, BoundPriceQuerySet
from payments.models.entitlement import Entitlement
from payments.spending import Reason


class ApprovalState(models.TextChoices):
    """pending → approved → used, or pending → denied; what is late, or overtaken, is expired.

    An approval that was not used yet can still be denied.
    """

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    USED = "used"


_OPEN = (ApprovalState.PENDING, ApprovalState.APPROVED)
_DECIDED = (ApprovalState.APPROVED, ApprovalState.DENIED, ApprovalState.USED)


class ApprovalQuerySet(BoundPriceQuerySet["Approval"]):
    """Questions about many approvals."""

    def open(self) -> "ApprovalQuerySet":
        """Keep those that wait for a person, or for the purchase that they allow."""
        return self.filter(state__in=_OPEN)

    def decided_by_person(self, actor: Actor) -> "ApprovalQuerySet":
        """Keep those an actor decides on: about their own money, or that of an organization which
        they administrate.
        """
        user = actor.require_user()
        run = Membership.objects.filter(user=user, role__in=Role.ADMIN.and_above())
        live = run.filter(organization__deleted_at__isnull=True)
        return self.filter(
            Q(organization__isnull=True, requested_by=user)
            | Q(organization__in=live.values("organization"))
        )

    def about_money_of(self, actor: Actor) -> "ApprovalQuerySet":
        """Keep those about a person's own money, or that of an organization they belong to."""
        user = actor.require_user()
        joined = Membership.objects.of(user).values("organization")
        return self.filter(
            Q(organization__isnull=True, requested_by=user) | Q(organization__in=joined)
        )

    def with_parties(self) -> "ApprovalQuerySet":
        """Bring listing, people and organization in the same query."""
        return self.with_listing().select_related(
            "requested_by", "decided_by", "organization__namespace", "order"
        )


class Approval(BoundPrice):
    """One purchase by one token, or member in a browser, that a person allows once or does not."""

    public_id = PublicIdField("apr")
    # Why it was not simply allowed, as words of `Reason`.
    reasons = models.JSONField(editable=False)
    state = models.CharField(
        max_length=8,
        choices=ApprovalState.choices,
        default=ApprovalState.PENDING,
        editable=False,
    )
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    # What has used it where nothing was paid; else `order` has.
    entitlement = models.OneToOneField(
        Entitlement, models.PROTECT, null=True, related_name="approval", editable=False
    )

    objects = ApprovalQuerySet.as_manager()

    class Meta(BoundPrice.Meta):
        constraints = [
            *BoundPrice.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=ApprovalState.values), name="payments_approval_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(state=ApprovalState.PENDING, decided_by__isnull=True, decided_at__isnull=True)
                | Q(state=ApprovalState.EXPIRED),
                name="payments_approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=ApprovalState.USED, price_cents__gt=0, order__isnull=False)
                & Q(entitlement__isnull=True)
                | Q(state=ApprovalState.USED, price_cents=0, entitlement__isnull=False)
                & Q(order__isnull=True)
                | ~Q(state=ApprovalState.USED) & Q(order__isnull=True, entitlement__isnull=True),
                name="payments_approval_used_once",
            ),
            models.UniqueConstraint(
                fields=["requested_by", "credential_id", "listing"],
                condition=Q(state__in=_OPEN, organization__isnull=True),
                name="payments_approval_one_open",
            ),
            models.UniqueConstraint(
                fields=["requested_by", "credential_id", "listing", "organization"],
                condition=Q(state__in=_OPEN, organization__isnull=False),
                name="payments_approval_one_open_of_organization",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_by", "-created_at"], name="payments_approval_by_user"),
            models.Index(fields=["organization", "-created_at"], name="payments_approval_by_org"),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"approval:{self.public_id}"

    def state_at(self, now: datetime) -> ApprovalState:
        """Return how it stands; time ends what is open."""
        is_late = self.state in _OPEN and self.is_expired(now=now)
        return ApprovalState.EXPIRED if is_late else ApprovalState(self.state)

    def covers(self, reasons: tuple[Reason, ...]) -> bool:
        """Tell whether whoever approved it knew of all these reasons.

        What is about money alone they knew: they saw the price. A package that runs code by now, or
        whose vendor is verified no more, they did not.
        """
        return all(reason.is_about_money or reason in self.reasons for reason in reasons)

    def move(self, *states: ApprovalState, **changes: object) -> bool:
        """Change it if it is in one of these states; tell whether it was."""
        mine = Approval.objects.filter(pk=self.pk, state__in=states)
        is_moved = mine.update(**changes) == 1
        if is_moved:
            for name, value in changes.items():
                setattr(self, name, value)
        return is_moved
