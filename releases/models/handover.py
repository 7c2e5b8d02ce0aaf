"""Listings that have changed hands: whether a person has seen what the new seller brings."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import ListingTransfer
from releases.models.release import Release
from releases.models.told import Notice, Told, ToldQuerySet


class HandoverQuerySet(ToldQuerySet["Handover"]):
    """Questions about many of them."""

    def unvouched(self) -> "HandoverQuerySet":
        """Keep those whose new seller has brought nothing yet that a person has let pass."""
        return self.filter(vouched_at__isnull=True)

    def watching(self, release: Release) -> "HandoverQuerySet":
        """Keep those by which a person looks at a release, whatever its scan says.

        Until one of the new seller's own was let pass that is every release, and what was uploaded
        before the listing changed hands stays so.
        """
        doubted = Q(vouched_at__isnull=True) | Q(at__gte=release.created_at)
        return self.filter(doubted, transfer__listing=release.listing_id)


class Handover(Told):
    """An accepted transfer, as releases and buyers meet it.

    at: when it happened. vouched_at: when a person let a release of the new seller pass.
    """

    transfer = models.OneToOneField(ListingTransfer, models.PROTECT, related_name="handover")
    at = models.DateTimeField()
    vouched_at = models.DateTimeField(null=True)
    vouched_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    vouched_release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="+")

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    vouched_at__isnull=True,
                    vouched_by__isnull=True,
                    vouched_release__isnull=True,
                )
                | Q(
                    vouched_at__isnull=False,
                    vouched_by__isnull=False,
                    vouched_release__isnull=False,
                ),
                name="releases_handover_vouched_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], name="releases_handover_untold", condition=Q(told_at__isnull=True)
            ),
        ]


class HandoverNotice(Notice):
    """Somebody who has a listing knows who sells it now."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="notices")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handover", "user"], name="releases_handovernotice_once"
            ),
        ]
