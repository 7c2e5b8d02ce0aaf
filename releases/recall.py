"""What became of packages that are installed somewhere: a lockfile asks, each gets an answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from accounts.actor import Actor
from catalog.models import Listing, ListingQuerySet, Visibility
from mog_package import Version
from releases import downloads
from releases.models import Case, CaseQuerySet, Cause, Release, ReleaseQuerySet, Transition
from releases.states import SHOWN, State

# What one question may be about; whoever has more installed asks again.
MOST_PACKAGES = 500


class Status(StrEnum):
    """How an installed package stands; where two apply, the one that is named first."""

    REVOKED = "revoked"
    SUSPENDED = "suspended"
    # The version was published, but with other bytes.
    MISMATCH = "mismatch"
    WITHDRAWN = "withdrawn"
    # On the shelf, and a moderator will look at it.
    FLAGGED = "flagged"
    OK = "ok"
    # There is no such release, or it is nobody's business that there is.
    UNKNOWN = "unknown"


# A suspension is no verdict yet: its reason is for the seller and for staff.
_TOLD_WHY = frozenset({Status.REVOKED, Status.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A package as a lockfile has it: the digest is that of the canonical archive."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The answer about one package; of an unknown one nothing is said but that.

    reason: why its seller withdrew it, or why it was revoked; what buyers are told anyway.
    latest_version: the highest that is published, which may be lower than the installed one.
    """

    installed: Installed
    status: Status
    reason: str = ""
    is_same_archive: bool | None = None
    latest_version: str | None = None
    has_newer: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """A release as it is known to the service; `reason` is that of its last end."""

    state: State
    sha256: str
    reason: str
    latest_version: str | None
    is_flagged: bool


def standings(packages: Sequence[Installed], *, by: Actor) -> list[Standing]:
    """Say how packages stand, in their order."""
    names = {each.name for each in packages}
    listings = dict(_known_to(by).filter(name__in=names).values_list("name", "pk"))
    # Who names no known listing shares a key with nobody.
    keys = [f"{listings.get(each.name, '')}@{each.version}" for each in packages]
    releases = _releases(keys, of=listings.values())
    return [_standing(each, releases.get(key)) for each, key in zip(packages, keys, strict=True)]


def _standing(installed: Installed, known: _Known | None) -> Standing:
    if known is None:
        return Standing(installed=installed, status=Status.UNKNOWN)
    status, latest = _status(installed, known), known.latest_version
    return Standing(
        installed=installed,
        status=status,
        reason=known.reason if status in _TOLD_WHY else "",
        is_same_archive=installed.sha256 == known.sha256,
        latest_version=latest,
        has_newer=latest is not None and Version.parse(latest) > Version.parse(installed.version),
    )


def _status(installed: Installed, known: _Known) -> Status:
    if known.state == State.REVOKED:
        return Status.REVOKED
    if known.state == State.SUSPENDED:
        return Status.SUSPENDED
    if known.sha256 != installed.sha256:
        return Status.MISMATCH
    if known.state == State.WITHDRAWN:
        return Status.WITHDRAWN
    return Status.FLAGGED if known.is_flagged else Status.OK


def _releases(keys: Sequence[str], *, of: Collection[int]) -> dict[str, _Known]:
    """Return the releases of some listings that were published, by key: `17@1.0.0`."""
    rows = (
        Release.objects.filter(listing__in=of, state__in=list(SHOWN))
        .annotate(
            key=Concat(Cast("listing_id", CharField()), Value("@"), "version"),
            reason=Subquery(_ends().order_by("-pk").values("reason")[:1]),
            latest=Subquery(_published().highest_first().values("version")[:1]),
            is_flagged=Exists(_doubts()),
        )
        # As one key: the product of all listings and all versions would have no bound.
        .filter(key__in=keys)
        .values_list("key", "state", "artifact__sha256", "reason", "latest", "is_flagged")
    )
    return {
        key: _Known(State(state), sha256, reason or "", latest, is_flagged)
        for key, state, sha256, reason, latest, is_flagged in rows
    }


def _ends() -> QuerySet[Transition]:
    """Return how the outer release left the shelf by its seller's will, or for good.

    One that was suspended after its withdrawal came back to it for a reason of staff's.
    """
    by_seller = Q(before=State.PUBLISHED, after=State.WITHDRAWN)
    return Transition.objects.filter(by_seller | Q(after=State.REVOKED), release=OuterRef("pk"))


def _published() -> ReleaseQuerySet:
    """Return the published releases of the outer one's listing."""
    return Release.objects.filter(listing=OuterRef("listing"), state=State.PUBLISHED)


def _doubts() -> CaseQuerySet:
    """Return the open cases of the outer release; to contest a finding makes nothing doubtful."""
    return Case.objects.open().filter(release=OuterRef("pk")).exclude(cause=Cause.DISPUTE)


def _known_to(by: Actor) -> ListingQuerySet:
    """Return the listings whose releases an actor may hear of, once these were published.

    What was on the shelf for everybody is known for good: its listing may have gone with the very
    release that is recalled, and whoever installed it needs no account to be warned.
    """
    for_all = Listing.objects.filter(visibility__in=[Visibility.PUBLIC, Visibility.UNLISTED])
    return for_all | downloads.reachable(by) if by.is_authenticated else for_all
