"""What the API answers about packages that are installed, as values; see `answers`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from mog_cli import answer_fields
from mog_cli.errors import UnexpectedAnswer
from mog_package import InvalidVersion, Version

_LONGEST_REASON = 500


class Status(StrEnum):
    """How an installed package stands (docs/releases.md, "A recall")."""

    REVOKED = "revoked"
    SUSPENDED = "suspended"
    MISMATCH = "mismatch"
    WITHDRAWN = "withdrawn"
    FLAGGED = "flagged"
    OK = "ok"
    UNKNOWN = "unknown"

    @property
    def is_recall(self) -> bool:
        """Tell whether such a package should not be used."""
        return self in {Status.REVOKED, Status.SUSPENDED, Status.MISMATCH}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a server says of one package.

    latest_version: the highest that can be installed; `has_newer` tells whether it is higher.
    """

    name: str
    version: str
    status: Status
    reason: str
    is_same_archive: bool | None
    latest_version: str | None
    has_newer: bool

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of the answer of POST /v1/audit."""
        return cls(
            name=answer_fields.word(body, "name"),
            version=answer_fields.word(body, "version"),
            status=_status(body),
            reason=(answer_fields.optional(body, "reason", str) or "")[:_LONGEST_REASON],
            is_same_archive=answer_fields.optional(body, "sameArchive", bool),
            latest_version=_version(body, "latestVersion"),
            has_newer=answer_fields.required(body, "hasNewer", bool),
        )


def standings_of(body: Mapping[str, object]) -> tuple[Standing, ...]:
    """Read the answer of POST /v1/audit."""
    answer_fields.required(body, "items", list)
    return tuple(Standing.from_json(item) for item in answer_fields.items(body, "items"))


def _status(body: Mapping[str, object]) -> Status:
    """Return a status; one that this mog does not know may well be a warning."""
    try:
        return Status(answer_fields.word(body, "status"))
    except ValueError:
        raise UnexpectedAnswer(
            "The server's answer has a strange status.", advice="Upgrade mog, then ask again."
        ) from None


def _version(body: Mapping[str, object], name: str) -> str | None:
    text = answer_fields.optional(body, name, str)
    try:
        return str(Version.parse(text)) if text else None
    except InvalidVersion:
        raise UnexpectedAnswer(f"The server's answer has a strange {name}.") from None
