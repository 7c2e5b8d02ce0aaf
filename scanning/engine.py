"""Examine a package: two children read it, this process only compares, counts and records.

The first child makes the canonical archive of an upload; the second judges that archive and has
never seen the upload. What both say of the package must be the same.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from mog_package import CANONICAL, PackageFile, sha256_of
from scanning import answers, reports, ruleset, sandbox
from scanning.answers import Facts, Judged, Repacked
from scanning.child import judge, repack
from scanning.errors import Reason, ScanInconclusive
from scanning.models import Finding, Report
from scanning.rules.rule import Hit
from scanning.ruleset import Ruleset
from scanning.verdicts import Verdict

# Meets tokens of this service; the SHA-256 of what it meets is how the service knows them.
OWN_TOKEN = "secret/mog-token"  # noqa: S105 (the id of a rule)

OnOwnTokens = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Canonical:
    """The one archive of a package that was read, and what it says of itself.

    path: valid inside the context of `examine` only. readme: cut behind 256 KB.
    """

    path: Path
    sha256: str
    size_bytes: int
    manifest: Mapping[str, Any]
    files: tuple[PackageFile, ...]
    readme: str


@dataclass(frozen=True, slots=True)
class Examined:
    """A scan that came to its end. `canonical` is None when the upload is no valid package."""

    upload_sha256: str
    report: Report
    findings: tuple[Finding, ...]
    canonical: Canonical | None

    @property
    def verdict(self) -> Verdict:
        """Return what the findings amount to."""
        return Verdict(self.report.verdict)


@dataclass(frozen=True, slots=True)
class _Scan:
    """What all steps of one examination share."""

    folder: Path
    rules: Ruleset
    now: datetime
    begun: float
    on_own_tokens: OnOwnTokens

    def elapsed_ms(self) -> int:
        """Return the milliseconds since it began."""
        return round((time.monotonic() - self.begun) * 1000)


def _ignore(_digests: frozenset[str]) -> None:
    pass


@contextmanager
def examine(
    path: Path, *, now: datetime, on_own_tokens: OnOwnTokens = _ignore
) -> Iterator[Examined]:
    """Examine an upload; its canonical archive lives until the context ends.

    on_own_tokens: is given the digests of tokens of this service, before the report is recorded:
    they stand in no row, and whoever finds a report may rely on their having been told.
    Raises ScanInconclusive when nothing is known: the caller holds the release. A conclusive
    report of the same bytes and rules is used again.
    """
    with sandbox.work_folder() as folder:
        scan = _Scan(folder, ruleset.current(), now, time.monotonic(), on_own_tokens)
        yield _examine(path, scan)


def _examine(path: Path, scan: _Scan) -> Examined:
    upload_sha256 = _sha256(path)
    repacked, run = _repack(path, scan)
    if repacked.facts is None:
        _tell_of(repacked.own_tokens, scan)
        report = _refused(upload_sha256, repacked, run, scan)
        return Examined(upload_sha256, report, _findings(report), None)
    canonical = _canonical(repacked.facts, scan)
    report = _judged(canonical, repacked.facts, run, scan)
    return Examined(upload_sha256, report, _findings(report), canonical)


def _repack(path: Path, scan: _Scan) -> tuple[Repacked, sandbox.Run]:
    job = sandbox.Job(
        program=repack.__name__,
        inputs={repack.UPLOAD: path},
        outputs={repack.CANONICAL: scan.folder / repack.CANONICAL},
    )
    run = _run(job, file_bytes=CANONICAL.archive_bytes)
    return answers.read_repacked(run.answer), run


def _refused(upload_sha256: str, repacked: Repacked, run: sandbox.Run, scan: _Scan) -> Report:
    """Record an upload that is no valid package, under its own digest: it has no other."""
    known = reports.find(upload_sha256, scan.rules)
    if known and known.facts_sha256:
        raise ScanInconclusive(Reason.DISAGREEMENT, "it was a valid package before")
    return known or reports.record(
        reports.Conclusion(
            sha256=upload_sha256, ruleset=scan.rules, layers=run.layers, timings=_timings(run)
        ),
        [reports.broken_form(problem) for problem in repacked.problems],
        duration_ms=scan.elapsed_ms(),
        now=scan.now,
    )


def _canonical(facts: Facts, scan: _Scan) -> Canonical:
    """Hash what the child wrote; its own word for the digest is not asked."""
    path = scan.folder / repack.CANONICAL
    if not path.stat().st_size:
        raise ScanInconclusive(Reason.MALFORMED, "there is no canonical archive")
    return Canonical(
        path=path,
        sha256=_sha256(path),
        size_bytes=path.stat().st_size,
        manifest=facts.manifest,
        files=facts.files,
        readme=facts.readme,
    )


def _judged(canonical: Canonical, facts: Facts, repacking: sandbox.Run, scan: _Scan) -> Report:
    """Return the report on a canonical archive; the one there is, or a new one."""
    known = reports.find(canonical.sha256, scan.rules)
    if known:
        _compare(facts, known.facts_sha256)
        return known
    judged, judging = _judge(canonical, scan)
    _compare(facts, judged.facts_sha256)
    _tell_of(_own_tokens(judged.hits), scan)
    digests = {file.path: file.sha256 for file in facts.files}
    found = [reports.noted_form(warning, digests) for warning in judged.warnings]
    found += [reports.met(hit, scan.rules, digests) for hit in judged.hits]
    return reports.record(
        reports.Conclusion(
            sha256=canonical.sha256,
            ruleset=scan.rules,
            layers=judging.layers,
            timings=_timings(repacking, judging),
            facts_sha256=judged.facts_sha256,
            capabilities=judged.capabilities,
        ),
        found,
        duration_ms=scan.elapsed_ms(),
        now=scan.now,
    )


def _judge(canonical: Canonical, scan: _Scan) -> tuple[Judged, sandbox.Run]:
    job = sandbox.Job(
        program=judge.__name__,
        inputs={judge.ARCHIVE: canonical.path},
        preparation=ruleset.preparation(scan.rules),
    )
    run = _run(job)
    return answers.read_judged(run.answer), run


def _tell_of(own_tokens: frozenset[str], scan: _Scan) -> None:
    if own_tokens:
        scan.on_own_tokens(own_tokens)


def _own_tokens(hits: Iterable[Hit]) -> frozenset[str]:
    return frozenset(hit.sha256 for hit in hits if hit.rule_id == OWN_TOKEN)


def _run(job: sandbox.Job, *, file_bytes: int = sandbox.ANSWER_BYTES) -> sandbox.Run:
    wall_clock = settings.SCAN_WALL_CLOCK.total_seconds()
    ceilings = sandbox.Limits(
        wall_clock_seconds=wall_clock,
        cpu_seconds=max(1, int(wall_clock)),
        memory_bytes=settings.SCAN_MEMORY_BYTES,
        file_bytes=file_bytes,
    )
    return sandbox.run(job, limits=ceilings, is_strict=settings.IS_PRODUCTION)


def _timings(repacking: sandbox.Run, judging: sandbox.Run | None = None) -> dict[str, int]:
    """Return what the children took, for staff."""
    runs = [repacking, *([judging] if judging else [])]
    return {
        "repackMs": repacking.wall_ms,
        "judgeMs": judging.wall_ms if judging else 0,
        "cpuMs": sum(run.cpu_ms for run in runs),
        "peakKb": max(run.peak_kb for run in runs),
    }


def _compare(facts: Facts, other_sha256: str) -> None:
    if facts.sha256 != other_sha256:
        raise ScanInconclusive(Reason.DISAGREEMENT, "two readings of one package")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return sha256_of(file)


def _findings(report: Report) -> tuple[Finding, ...]:
    return tuple(report.findings.order_by("pk"))
