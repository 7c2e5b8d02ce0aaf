"""All that staff reads before it decides about a release."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from accounts.models import User
from releases import exceptions, file_view
from releases.file_view import CAPABILITIES
from releases.likeness import likeness
from releases.models import Dispute, FindingException, Release, Revocation
from scanning import ruleset
from scanning.models import Finding
from scanning.verdicts import GRAVEST_FIRST, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A finding, and what people have said of it.

    source: the page its rule is written from; empty for form, for the operator's own rules and for
    one that is gone. is_readable: the file viewer can show its place.
    """

    finding: Finding
    source: str
    dispute: Dispute | None
    exception: FindingException | None
    is_readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityLine:
    """What a manifest declares of one kind, and what the scan has found beyond that.

    undeclared: what of that the manifest should name.
    """

    label: str
    declared: tuple[str, ...]
    found: tuple[str, ...]
    undeclared: frozenset[str]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was done about a release; nobody means the service itself."""

    at: datetime
    who: User | None
    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A release and everything that bears on it; `evidence` has the gravest first.

    past_disputes: of findings that the last scan no longer has.
    """

    release: Release
    evidence: tuple[Evidence, ...]
    past_disputes: tuple[Dispute, ...]
    capabilities: tuple[CapabilityLine, ...]
    previous: Release | None
    revocation: Revocation | None
    history: tuple[Happening, ...]

    @property
    def has_files(self) -> bool:
        """Tell whether there is an archive to look into."""
        return hasattr(self.release, "artifact")


def of(release: Release) -> CaseFile:
    """Gather what is known of a release that brings listing, artifact and report."""
    findings = sorted(release.report.findings.all(), key=_gravity) if release.report else []
    contested = _disputes(release)
    evidence = tuple(_evidence(release, findings, contested))
    told = {id(each.dispute) for each in evidence}
    return CaseFile(
        release=release,
        evidence=evidence,
        past_disputes=tuple(each for each in contested if id(each) not in told),
        capabilities=tuple(_capabilities(release)),
        previous=file_view.previous(release) if hasattr(release, "artifact") else None,
        revocation=_waiting(release),
        history=tuple(sorted(_happenings(release), key=lambda each: each.at)),
    )


def _gravity(finding: Finding) -> tuple[int, str, int, int]:
    rank = GRAVEST_FIRST.index(Effect(finding.effect))
    return rank, finding.file, finding.line or 0, finding.pk


def _disputes(release: Release) -> list[Dispute]:
    known = release.disputes.select_related("finding", "opened_by", "decided_by")
    return list(known.order_by("pk"))


def _evidence(
    release: Release, findings: Sequence[Finding], contested: Sequence[Dispute]
) -> Iterator[Evidence]:
    by_likeness = {likeness(each.finding): each for each in contested}
    excepted = _exceptions(release, findings)
    paths = file_view.files_of(release).keys()
    for finding in findings:
        key = exceptions.key_of(finding)
        yield Evidence(
            finding=finding,
            source=_source(finding),
            dispute=by_likeness.get(likeness(finding)),
            exception=excepted.get(key) if key else None,
            is_readable=finding.file in paths,
        )


def _exceptions(
    release: Release, findings: Iterable[Finding]
) -> Mapping[exceptions.Key, FindingException]:
    keys = {key for key in map(exceptions.key_of, findings) if key}
    rows = FindingException.objects.standing().filter(
        listing=release.listing_id, file_sha256__in={sha256 for sha256, _ in keys}
    )
    return {(row.file_sha256, row.rule): row for row in rows.select_related("by")}


def _source(finding: Finding) -> str:
    rule = ruleset.current().rules.get(finding.rule)
    is_page = rule is not None and urlsplit(rule.source).scheme == "https"
    return rule.source if rule and is_page else ""


def _capabilities(release: Release) -> Iterator[CapabilityLine]:
    if not hasattr(release, "artifact"):
        return
    declared, derived = _declared(release.artifact.manifest), file_view.capabilities_of(release)
    undeclared = frozenset(derived.get("undeclared", ()))
    for name, label in CAPABILITIES.items():
        said = set(declared.get(name, ()))
        found = set(derived.get(name, ())) - said
        if said or found:
            yield CapabilityLine(
                label=label,
                declared=tuple(sorted(said)),
                found=tuple(sorted(found)),
                undeclared=undeclared & found,
            )


def _declared(manifest: Mapping[str, Any]) -> dict[str, list[str]]:
    server = manifest["server"] or {}
    host = urlsplit(server.get("url") or "").hostname
    command = server.get("command")
    return {
        "hosts": [host] if host else [],
        "envNames": [variable["name"] for variable in server.get("env", ())],
        "binaries": [command] if command else [],
        "tools": list(manifest["requiresTools"]),
        "executable": ["yes"] if manifest["executable"] or manifest["server"] else [],
    }


def _waiting(release: Release) -> Revocation | None:
    return release.revocations.waiting().select_related("requested_by").first()


def _happenings(release: Release) -> Iterator[Happening]:
    for move in release.transitions.select_related("by"):
        yield Happening(move.at, move.by, f"{move.before} → {move.after}", move.reason)
    # A seller's dispute opens a case in the same moment; no other is opened by a person.
    contesting = {each.opened_at: each.opened_by for each in _disputes(release)}
    for case in release.cases.select_related("closed_by"):
        opener = contesting.get(case.opened_at)
        yield Happening(case.opened_at, opener, f"case opened: {case.get_cause_display()}", "")
        if case.closed_at:
            said = f"case closed: {case.get_outcome_display()}"
            yield Happening(case.closed_at, case.closed_by, said, case.reason)
    for asked in release.revocations.select_related("requested_by", "declined_by"):
        yield Happening(
            asked.requested_at, asked.requested_by, "asked to take it out for good", asked.reason
        )
        if asked.declined_at:
            said = "declined to take it out for good"
            yield Happening(asked.declined_at, asked.declined_by, said, asked.answer)
