"""The rows of this room."""

from releases.models.artifact import Artifact
from releases.models.download import DailyDownload
from releases.models.release import Release, ReleaseQuerySet
from releases.models.rescan_campaign import RescanCampaign
from releases.models.review import (
    Cause,
    Dispute,
    DisputeState,
    FindingException,
    Outcome,
    Review,
    ReviewQuerySet,
)
from releases.models.revocation import Revocation, RevocationNotice, RevocationQuerySet
from releases.models.transition import Transition

__all__ = [
    "Artifact",
    "Cause",
    "DailyDownload",
    "Dispute",
    "DisputeState",
    "FindingException",
    "Outcome",
    "Release",
    "ReleaseQuerySet",
    "RescanCampaign",
    "Review",
    "ReviewQuerySet",
    "Revocation",
    "RevocationNotice",
    "RevocationQuerySet",
    "Transition",
]
