"""This room in the admin: the review queue, releases and their files, what takes two persons."""

from releases.admin.case import CaseAdmin
from releases.admin.exception import FindingExceptionAdmin
from releases.admin.release import ReleaseAdmin
from releases.admin.revocation import RevocationAdmin

__all__ = ["CaseAdmin", "FindingExceptionAdmin", "ReleaseAdmin", "RevocationAdmin"]
