"""The rows of this room."""

from releases.models.artifact import Artifact
from releases.models.case import Case, CaseQuerySet, Cause, Outcome
from releases.models.dispute import Dispute, DisputeState, FindingException
from releases.models.download import DailyDownload
from releases.models.handover import Handover, HandoverNotice, HandoverQuerySet
from releases.models.release import Release, ReleaseQuerySet
from releases.models.rescan_campaign import RescanCampaign
from releases.models.revocation import Revocation, RevocationNotice, RevocationQuerySet
from releases.models.told import Told
from releases.models.transition import Transition

__all__ = [
    "Artifact",
    "Case",
    "CaseQuerySet",
    "Cause",
    "DailyDownload",
    "Dispute",
    "DisputeState",
    "FindingException",
    "Handover",
    "HandoverNotice",
    "HandoverQuerySet",
    "Outcome",
    "Release",
    "ReleaseQuerySet",
    "RescanCampaign",
    "Revocation",
    "RevocationNotice",
    "RevocationQuerySet",
    "Told",
    "Transition",
]
