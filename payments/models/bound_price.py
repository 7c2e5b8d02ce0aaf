"""What a quote and an approval have in common: one price of one listing, for one buyer, once."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization, User
from catalog.models import Listing, ListingTransfer, long_texts_of
from payments.models.order import Order

_Row = TypeVar("_Row", bound="BoundPrice")


def asking_token(actor: Actor) -> str:
    """Return the public id of the token that acts; empty for a person in a browser."""
    assert actor.credential is not None
    return "" if actor.credential.is_internal else actor.credential.public_id


class BoundPriceQuerySet(models.QuerySet[_Row]):
    """Questions about many of them."""

    def asked_by(self, actor: Actor) -> Self:
        """Keep those of the very token that acts, or of the person in a browser, for the party
        that they act for.
        """
        return self.filter(
            requested_by=actor.require_user(),
            credential_id=asking_token(actor),
            organization=actor.organization,
        )

    def unexpired(self, *, now: datetime) -> Self:
        """Keep those that are still good."""
        return self.filter(expires_at__gt=now)

    def with_listing(self) -> Self:
        """Bring the listing in the same query, without its long texts."""
        return self.select_related("listing__vendor").defer(*long_texts_of("listing"))


class BoundPrice(models.Model):
    """A price in cents that one token, or person in a browser, was told for one listing; `order` is
    what used it.
    """

    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Whose money it is about: the organization's, if there is one.
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    # The public id of the token; empty for a person in a browser, whose sessions come and go.
    credential_id = models.CharField(max_length=24, blank=True, editable=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    price_cents = models.PositiveIntegerField(editable=False)
    currency = models.CharField(max_length=3, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, related_name="%(class)s", editable=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="%(app_label)s_%(class)s_currency"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="%(app_label)s_%(class)s_lasts"
            ),
        ]

    def is_expired(self, *, now: datetime) -> bool:
        """Tell whether it is good no more."""
        return self.expires_at <= now

    def is_of_another_seller(self) -> bool:
        """Tell whether somebody else sells the listing by now than when the price was told."""
        return ListingTransfer.objects.of(self.listing, after=self.created_at).exists()
