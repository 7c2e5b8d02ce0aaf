"""A rule, as the verdict and the seller see it."""

import re
from dataclasses import dataclass
from enum import StrEnum

ID = re.compile(r"[a-z-]{1,20}/[a-z0-9-]{1,70}")


class Category(StrEnum):
    """What a rule is about; the first part of its id."""

    ARCHIVE = "archive"
    MANIFEST = "manifest"
    FILE_TYPE = "file-type"
    SKILL = "skill"
    SECRET = "secret"  # noqa: S105 (a word, not one)


class Severity(StrEnum):
    """How bad it would be for a buyer or the seller."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Effect(StrEnum):
    """What one finding does to the verdict."""

    BLOCK = "block"
    REVIEW = "review"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `advice` says what to do and nothing of how the rule finds."""

    id: str
    category: Category
    severity: Severity
    effect: Effect
    advice: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule met at a place of a file; `sha256` is that of the bytes it met."""

    rule_id: str
    path: str
    line: int
    sha256: str
