"""A rule, what it met, and how grave that is."""

import re
from dataclasses import dataclass
from enum import StrEnum

ID = re.compile(r"[a-z-]{1,20}/[a-z0-9-]{1,70}")


class Category(StrEnum):
    """What a rule is about; the first part of its id."""

    # The package's form: broken ones are facts, told exactly.
    ARCHIVE = "archive"
    MANIFEST = "manifest"
    FILE_TYPE = "file-type"
    SKILL = "skill"
    # Its contents.
    SECRET = "secret"  # noqa: S105 (a word, not one)
    PROMPT_INJECTION = "prompt-injection"
    SOCIAL_ENGINEERING = "social-engineering"
    HIDDEN_TEXT = "hidden-text"
    LINK = "link"
    CODE = "code"
    IMAGE = "image"
    MCP = "mcp"
    CAPABILITY = "capability"
    QUALITY = "quality"


FORM = frozenset({Category.ARCHIVE, Category.MANIFEST, Category.FILE_TYPE, Category.SKILL})


class Severity(StrEnum):
    """How bad it would be for a buyer or the seller, if it is what it looks like."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(StrEnum):
    """How sure it is that what looks like it, is it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule. `advice` says what to do and nothing of how the rule finds.

    source: the page, standard or write-up it is written from. is_enforced: otherwise it only
    watches; staff sees what it meets and no verdict does. is_malicious: nobody honest ships what
    it meets, so a later scan that meets it stops a published release.
    """

    id: str
    category: Category
    severity: Severity
    confidence: Confidence
    advice: str
    source: str
    is_enforced: bool = True
    is_malicious: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A rule met in a file, at `start` to `end` of the bytes that were read.

    matched: the bytes that count as the same thing when they are met again.
    """

    rule_id: str
    start: int
    end: int
    matched: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A rule met by a package as a whole; `path` and `line` where there is one, else "" and 0.

    matched: as that of `Sighting`. excerpt: what staff is shown.
    """

    rule_id: str
    path: str
    line: int
    matched: bytes
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule met, as it is told to the parent.

    path: empty for the package as a whole. line: 0 where there is none. sha256: of what was
    matched. layer: how it was hidden, such as `base64+rot13`. excerpt: for staff, secrets masked.
    """

    rule_id: str
    path: str
    line: int
    sha256: str
    layer: str
    excerpt: str
