"""What releases refuses, as exceptions with data and without HTTP.

ReleasesError
├── InvalidUpload           the declared name or version cannot be one, or there is no file
├── UploadTooLarge          more bytes than an archive may have
├── UploadLimitReached      the vendor has sent as many uploads as an hour allows
├── VersionTaken            the version exists, or is being examined
├── WrongState              the release is not where that could happen
├── ReasonMissing           an act that others must understand was given no reason
├── InvalidDispute          a seller contests without saying why
├── NothingToDispute        the finding counts for nothing, or the release is out for good
├── AlreadyDisputed         one finding of one release is contested once
├── DisputeLimitReached     as many findings of the release as a day allows were contested
├── DisputeDecided          somebody else has answered it
├── CaseClosed              nothing waits for a person any more
├── ScannedMeanwhile        the findings that somebody has read are not those of today
├── ExceptionWithdrawn      somebody else has withdrawn it
├── RevocationWaiting       somebody has asked that the release be taken out for good
├── RevocationEnded         somebody else has confirmed or declined it
├── SecondPersonNeeded      who asks for a revocation cannot confirm it
├── NothingToScan           there is no archive whose scan would matter
├── NothingPublished        the listing has no release to install, or not that one
├── EntitlementRequired     the actor has no right to this listing
├── ReleaseSuspended        nobody may fetch it for now
├── ReleaseRevoked          nobody may fetch it ever again
└── LinkRefused             a link that is forged or has lapsed
"""

from datetime import timedelta

from catalog.models import Listing
from releases.states import State


class ReleasesError(Exception):
    """Any refusal of this room."""


class InvalidUpload(ReleasesError):
    """An upload says something that cannot be; names the field."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class UploadTooLarge(ReleasesError):
    """The archive is larger than the package format allows."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"more than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class UploadLimitReached(ReleasesError):
    """The vendor may upload again after `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"wait {retry_after}")
        self.retry_after = retry_after


class VersionTaken(ReleasesError):
    """Another release has the version, or may be about to have it."""

    def __init__(self, *, name: str, version: str) -> None:
        super().__init__(f"{name} {version}")
        self.name = name
        self.version = version


class WrongState(ReleasesError):
    """The release is in a state from which there is no such move."""

    def __init__(self, *, state: State, wanted: State) -> None:
        super().__init__(f"{state} cannot become {wanted}")
        self.state = state
        self.wanted = wanted


class ReasonMissing(ReleasesError):
    """The act needs a reason that others will read."""


class InvalidDispute(ReleasesError):
    """A dispute says something that cannot be; names the field."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class FormNotDisputable(ReleasesError):
    """The form of a package is broken: no archive came out, so no person can let it through."""


class NothingToDispute(ReleasesError):
    """Contesting this would change nothing."""


class AlreadyDisputed(ReleasesError):
    """The same finding of the same release was contested before."""


class DisputeLimitReached(ReleasesError):
    """More findings of this release may be contested after `retry_after`."""

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__(f"wait {retry_after}")
        self.retry_after = retry_after


class DisputeDecided(ReleasesError):
    """The dispute has its answer."""


class CaseClosed(ReleasesError):
    """The release has no open case that this could decide."""


class ScannedMeanwhile(ReleasesError):
    """Another scan has reported since whoever decides has read the findings."""


class ExceptionWithdrawn(ReleasesError):
    """The exception counts no longer."""


class RevocationWaiting(ReleasesError):
    """A request to take the release out for good waits for a second person."""


class RevocationEnded(ReleasesError):
    """The request was confirmed or declined."""


class SecondPersonNeeded(ReleasesError):
    """Whoever asked for it cannot be the one who confirms it."""


class NothingToScan(ReleasesError):
    """The release has no archive, or is in a state in which no scan would change anything."""


class NothingPublished(ReleasesError):
    """There is no such version to install."""


class EntitlementRequired(ReleasesError):
    """The actor must have the listing first."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(listing.name)
        self.listing = listing


class ReleaseSuspended(ReleasesError):
    """A moderator has stopped it; it may come back."""


class ReleaseRevoked(ReleasesError):
    """It was taken out for good."""


class LinkRefused(ReleasesError):
    """The link is not one of ours, or its time is over."""
