"""The rows of this room."""

from releases.models.artifact import Artifact
from releases.models.download import DailyDownload
from releases.models.release import Release, ReleaseQuerySet
from releases.models.transition import Transition

__all__ = ["Artifact", "DailyDownload", "Release", "ReleaseQuerySet", "Transition"]
