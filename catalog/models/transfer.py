"""Offers to hand a listing over to another vendor."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from catalog.models.listing import Listing, long_texts_of
from catalog.models.vendor import Vendor, VendorQuerySet


class TransferState(models.TextChoices):
    """How an offer stands. Only an open one moves, and only once."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CALLED_BACK = "called-back", "Called back"
    EXPIRED = "expired"


class TransferQuerySet(models.QuerySet["ListingTransfer"]):
    """Questions about many offers."""

    def open(self) -> "TransferQuerySet":
        """Keep those that nobody has answered, whether or not their time is over."""
        return self.filter(state=TransferState.OPEN)

    def standing(self, *, now: datetime) -> "TransferQuerySet":
        """Keep those that may still be accepted."""
        return self.open().filter(expires_at__gt=now)

    def lapsed(self, *, now: datetime) -> "TransferQuerySet":
        """Keep those whose time is over and that nothing was written about yet."""
        return self.open().filter(expires_at__lte=now)

    def accepted(self) -> "TransferQuerySet":
        """Keep those that became true."""
        return self.filter(state=TransferState.ACCEPTED)

    def of(self, listing: Listing, *, after: datetime) -> "TransferQuerySet":
        """Keep those by which a listing got another seller after a moment."""
        return self.accepted().filter(listing=listing, decided_at__gt=after)

    def between(self, vendors: VendorQuerySet) -> "TransferQuerySet":
        """Keep those from or to some vendors."""
        return self.filter(Q(from_vendor__in=vendors) | Q(to_vendor__in=vendors))

    def with_sides(self) -> "TransferQuerySet":
        """Bring the listing, without its long texts, and both vendors in the same query."""
        related = ("listing__vendor", "from_vendor", "to_vendor", "offered_by")
        return self.select_related(*related).defer(*long_texts_of("listing"))


class ListingTransfer(models.Model):
    """One vendor offers a listing, another takes it or does not. A listing has one open offer."""

    public_id = PublicIdField("trf")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="transfers")
    from_vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="transfers_out")
    to_vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="transfers_in")
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    state = models.CharField(
        max_length=11, choices=TransferState.choices, default=TransferState.OPEN, editable=False
    )
    # Empty for one that has expired: nobody did anything.
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing"],
                condition=Q(state=TransferState.OPEN),
                name="catalog_listingtransfer_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(from_vendor=F("to_vendor")),
                name="catalog_listingtransfer_two_vendors",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TransferState.values),
                name="catalog_listingtransfer_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=TransferState.OPEN, decided_at__isnull=True)
                | (~Q(state=TransferState.OPEN) & Q(decided_at__isnull=False)),
                name="catalog_listingtransfer_decided_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[TransferState.OPEN, TransferState.EXPIRED], decided_by__isnull=True
                )
                | (
                    ~Q(state__in=[TransferState.OPEN, TransferState.EXPIRED])
                    & Q(decided_by__isnull=False)
                ),
                name="catalog_listingtransfer_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("offered_at")),
                name="catalog_listingtransfer_expires_later",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="catalog_listingtransfer_open",
                condition=Q(state=TransferState.OPEN),
            ),
        ]

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"transfer:{self.public_id}"

    def state_at(self, now: datetime) -> TransferState:
        """Return how it stands: an open one whose time is over has expired, written or not."""
        is_over = self.state == TransferState.OPEN and self.expires_at <= now
        return TransferState.EXPIRED if is_over else TransferState(self.state)

    def end(self, state: TransferState, *, by: User | None, now: datetime) -> bool:
        """Answer it, if nobody was faster; tell whether it worked."""
        changes = {"state": state, "decided_by": by, "decided_at": now}
        if ListingTransfer.objects.open().filter(pk=self.pk).update(**changes) != 1:
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True
