"""Where a vendor's money goes: their account at the provider, as it stood when last asked."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.public_id import PublicIdField
from catalog.models import Vendor

PROVIDER_ID_LENGTH = 255


class SellerStatus(models.TextChoices):
    """What keeps payouts from a vendor, if anything."""

    BEGUN = "begun", "Not finished"
    ASKED = "asked", "Details missing"
    CHECKED = "checked", "Being checked"
    READY = "ready", "Ready"
    RESTRICTED = "restricted", "Restricted"


class SellerAccount(models.Model):
    """One account of one vendor. All but country and vendor is the provider's word of `checked_at`.

    currently_due: what the provider still wants to know, in its own names.
    """

    public_id = PublicIdField("sac")
    vendor = models.OneToOneField(Vendor, models.PROTECT, related_name="seller_account")
    # Who set it up, and is told of payouts.
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    country = models.CharField(max_length=2, editable=False)
    account_id = models.CharField(  # noqa: DJ001 (NULL until there is one; '' would collide)
        max_length=PROVIDER_ID_LENGTH, null=True, unique=True, editable=False
    )
    details_submitted = models.BooleanField(default=False, editable=False)
    can_receive = models.BooleanField(default=False, editable=False)
    currently_due = models.JSONField(default=list, editable=False)
    disabled_reason = models.CharField(max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"),
                name="payments_selleraccount_country_shape",
            ),
            models.CheckConstraint(
                condition=Q(account_id__isnull=True) | ~Q(account_id=""),
                name="payments_selleraccount_named",
            ),
            models.CheckConstraint(
                condition=Q(can_receive=False)
                | Q(account_id__isnull=False, checked_at__isnull=False),
                name="payments_selleraccount_asked_before_ready",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"seller_account:{self.public_id}"

    @property
    def status(self) -> SellerStatus:
        """Return what is to be done next, and by whom."""
        if self.can_receive:
            return SellerStatus.READY
        if not self.details_submitted:
            return SellerStatus.BEGUN
        # Reasons that the seller can do something about are `requirements.…` (docs.stripe.com/api,
        # `requirements.disabled_reason` of accounts).
        if self.disabled_reason and not self.disabled_reason.startswith("requirements."):
            return SellerStatus.RESTRICTED
        return SellerStatus.ASKED if self.currently_due else SellerStatus.CHECKED
