"""What the API answers about downloads and uploads, as values; see `answers`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from mog_cli import answer_fields
from mog_cli.errors import UnexpectedAnswer

_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Download:
    """A link to an archive, good for minutes, and what must come through it."""

    url: str = field(repr=False)
    sha256: str
    size_bytes: int
    name: str
    version: str
    type: str
    entitlement_id: str | None

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of POST /v1/downloads."""
        manifest = answer_fields.required(body, "manifest", dict)
        sha256 = answer_fields.required(body, "sha256", str)
        if not _SHA256.fullmatch(sha256):
            raise UnexpectedAnswer("The server's answer has a strange sha256.")
        return cls(
            url=answer_fields.required(body, "url", str),
            sha256=sha256,
            size_bytes=answer_fields.required(body, "sizeBytes", int),
            name=answer_fields.word(manifest, "name"),
            version=answer_fields.word(body, "version"),
            type=answer_fields.word(manifest, "type"),
            entitlement_id=answer_fields.optional(body, "entitlementId", str),
        )


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """Something the scan saw, and what to do about it."""

    rule_id: str
    severity: str
    file: str
    line: int | None
    advice: str

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read one item of a release's findings."""
        return cls(
            rule_id=answer_fields.required(body, "ruleId", str),
            severity=answer_fields.required(body, "severity", str),
            file=answer_fields.optional(body, "file", str) or "",
            line=answer_fields.optional(body, "line", int),
            advice=answer_fields.optional(body, "advice", str) or "",
        )


@dataclass(frozen=True, slots=True)
class Release:
    """An upload and how it stands."""

    id: str
    name: str
    version: str
    state: str
    is_final: bool
    sha256: str | None
    findings: tuple[ScanFinding, ...]
    url: str

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Read the answer of GET /v1/vendor/releases/{id}."""
        found = answer_fields.items(body, "findings")
        return cls(
            id=answer_fields.word(body, "id"),
            name=answer_fields.word(body, "name"),
            version=answer_fields.word(body, "version"),
            state=answer_fields.word(body, "state"),
            is_final=answer_fields.required(body, "isFinal", bool),
            sha256=answer_fields.optional(body, "sha256", str),
            findings=tuple(ScanFinding.from_json(item) for item in found),
            url=answer_fields.safe_link(body, "url"),
        )
