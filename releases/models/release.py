"""One version of a listing, from upload to the end."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from accounts.public_id import PublicIdField
from catalog.models import Listing, long_texts_of
from releases.errors import WrongState
from releases.states import FINAL, MOVES, SHOWN, State
from scanning.models import Report

STATE_CHOICES = [(state.value, state.value.capitalize()) for state in State]
_VERSION_SHAPE = r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Questions about many releases."""

    def with_listing(self) -> "ReleaseQuerySet":
        """Bring listing and vendor in the same query, without the listing's long texts."""
        return self.select_related("listing__vendor").defer(*long_texts_of("listing"))

    def with_artifact(self) -> "ReleaseQuerySet":
        """Bring what was made of the upload, without its list of files."""
        return self.select_related("artifact").defer("artifact__files", "artifact__readme_html")

    def sold_by(self, actor: Actor) -> "ReleaseQuerySet":
        """Keep those of the vendors that an actor may sell under."""
        return self.filter(listing__in=Listing.objects.sold_by(actor))

    def shown_of(self, listing: Listing) -> "ReleaseQuerySet":
        """Keep the versions of a listing that whoever sees it may see."""
        return self.filter(listing=listing, state__in=list(SHOWN))

    def highest_first(self) -> "ReleaseQuerySet":
        """Order by version, as numbers."""
        return self.order_by("-major", "-minor", "-patch")

    def unattended(self, *, now: datetime) -> "ReleaseQuerySet":
        """Keep those that wait for a scan, held by no worker and announced by no message."""
        waiting = self.filter(state__in=[State.UPLOADED, State.SCANNING])
        return waiting.filter(lease_until__lte=now)


class Release(models.Model):
    """A version of a listing; what was made of its bytes is its `artifact`."""

    public_id = PublicIdField("rel")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="releases")
    version = models.CharField(max_length=29, editable=False)
    # The three numbers of the version: text does not sort.
    major = models.PositiveBigIntegerField(editable=False)
    minor = models.PositiveBigIntegerField(editable=False)
    patch = models.PositiveBigIntegerField(editable=False)
    state = models.CharField(
        max_length=9, choices=STATE_CHOICES, default=State.UPLOADED.value, editable=False
    )
    # Publish by itself once it is accepted.
    is_to_publish = models.BooleanField(default=False, editable=False)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    upload_sha256 = models.CharField(max_length=64, editable=False)
    upload_bytes = models.PositiveIntegerField(editable=False)
    # Where the upload lies until it is decided; empty afterwards.
    upload_key = models.CharField(max_length=100, blank=True, editable=False)
    # What stopped it beside the findings: a name that is not the declared one, a scan that broke.
    problem = models.CharField(max_length=60, blank=True, editable=False)
    # What the scan found; none while it has not ended.
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="+", editable=False)
    # A worker's claim, and until when nobody else may take it over; while it is only uploaded,
    # until when its message to the workers may still be on its way.
    lease_until = models.DateTimeField(null=True, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "version"],
                condition=~Q(state=State.REJECTED.value),
                name="releases_release_version_unique",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]),
                name="releases_release_state_known",
            ),
            models.CheckConstraint(
                condition=Q(version__regex=_VERSION_SHAPE), name="releases_release_version_shape"
            ),
            models.CheckConstraint(
                condition=Q(upload_sha256__regex=r"^[0-9a-f]{64}$"),
                name="releases_release_upload_digest_shape",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State if state not in SHOWN])
                | Q(published_at__isnull=False),
                name="releases_release_published_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.UPLOADED.value, State.SCANNING.value])
                | ~Q(upload_key="") & Q(lease_until__isnull=False),
                name="releases_release_waiting_has_upload_and_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["listing", "-major", "-minor", "-patch"],
                name="releases_release_by_version",
            ),
            models.Index(fields=["listing", "-created_at"], name="releases_release_by_listing"),
            models.Index(
                fields=["lease_until"],
                name="releases_release_waiting",
                condition=Q(state__in=[State.UPLOADED.value, State.SCANNING.value]),
            ),
        ]

    def __str__(self) -> str:
        """Return name and version, for the admin."""
        return self.label

    @property
    def subject(self) -> str:
        """Return what the audit trail calls this."""
        return f"release:{self.public_id}"

    @property
    def name(self) -> str:
        """Return the listing's name."""
        return self.listing.name

    @property
    def label(self) -> str:
        """Return the listing's name and the version, as people call it."""
        return f"{self.listing.name} {self.version}"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more happens unless a person acts."""
        is_about_to_publish = self.state == State.ACCEPTED and self.is_to_publish
        return State(self.state) in FINAL and not is_about_to_publish

    def lock_listing(self) -> Listing:
        """Return the listing, held until the transaction ends.

        Whoever decides about a release holds it, so that decisions about one listing take turns.
        """
        return Listing.objects.select_for_update().get(pk=self.listing_id)

    def lock_listing_of_seller(self) -> Listing:
        """Do the same for whoever acts as the seller of this row.

        Raises Listing.DoesNotExist when the listing was handed over since the row was read.
        """
        held = self.lock_listing()
        held.require_same_seller(self.listing)
        return held

    def move(
        self,
        to: State,
        changes: Mapping[str, Any],
        *,
        leaving: Collection[State] = tuple(State),
        claim: str = "",
    ) -> None:
        """Go to another state, together with other columns, if nobody was faster.

        leaving: the states that this verb moves from; two verbs may lead to the same state.
        claim: the token of the worker that moves it; nothing for people.
        Raises WrongState when the table of moves has no such move, somebody moved it first, or
        the claim is another worker's by now.
        """
        before = State(self.state)
        if before not in leaving or to not in MOVES[before]:
            raise WrongState(state=before, wanted=to)
        row = Release.objects.filter(pk=self.pk, state=before)
        if claim:
            row = row.filter(lease_token=claim)
        if row.update(state=to, **changes) != 1:
            current = Release.objects.values_list("state", flat=True).get(pk=self.pk)
            raise WrongState(state=State(current), wanted=to)
        self.state = to
        for name, value in changes.items():
            setattr(self, name, value)

    def claim(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Take this release, if it waits and nobody holds it; tell whether it worked."""
        is_free = Q(state=State.UPLOADED) | Q(state=State.SCANNING, lease_until__lte=now)
        return (
            Release.objects.filter(is_free, pk=self.pk).update(
                state=State.SCANNING,
                lease_token=token,
                lease_until=now + lease,
                attempts=F("attempts") + 1,
            )
            == 1
        )

    def renew(self, token: str, *, lease: timedelta, now: datetime) -> bool:
        """Keep a claim for longer; tell whether it is still ours."""
        held = Release.objects.filter(pk=self.pk, state=State.SCANNING, lease_token=token)
        return held.update(lease_until=now + lease) == 1
