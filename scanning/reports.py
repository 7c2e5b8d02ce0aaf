"""Record what a scan concluded, once for the same bytes and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from scanning import quality, quoting
from scanning.answers import FormProblem
from scanning.errors import Reason, ScanInconclusive
from scanning.models import ADVICE_CHARACTERS, Finding, Report
from scanning.rules import package_form
from scanning.rules.rule import Hit, Rule
from scanning.ruleset import Ruleset
from scanning.verdicts import effect_of, verdict_of


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is recorded of a scan beside its findings; see `Report`."""

    sha256: str
    ruleset: Ruleset
    layers: Sequence[str]
    timings: Mapping[str, int]
    facts_sha256: str = ""
    capabilities: Mapping[str, list[str] | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A rule and the place where it was met; see `Finding`."""

    rule: Rule
    file: str
    line: int | None
    file_sha256: str = ""
    layer: str = ""
    excerpt: str = ""
    match_hmac: str = ""


def find(sha256: str, rules: Ruleset) -> Report | None:
    """Return the report of the same bytes and rules."""
    return Report.objects.filter(sha256=sha256, ruleset=rules.version).first()


def broken_form(problem: FormProblem) -> Found:
    """Return the finding of a broken rule of the package's form."""
    rule = package_form.broken(problem.rule, path=problem.path, advice=_says(problem))
    return Found(rule=rule, file=problem.path, line=problem.line)


def noted_form(problem: FormProblem, digests: Mapping[str, str]) -> Found:
    """Return that of a warning; `digests` are those of the package's files by path."""
    rule = package_form.noted(problem.rule, path=problem.path, advice=_says(problem))
    file_sha256 = digests.get(problem.path, "")
    return Found(rule=rule, file=problem.path, line=problem.line, file_sha256=file_sha256)


def met(hit: Hit, rules: Ruleset, digests: Mapping[str, str]) -> Found:
    """Return the finding of a hit; what it hit is kept as a keyed hash only.

    A rule that is not in force, or a file that is not there, was never asked for:
    ScanInconclusive.
    """
    rule = rules.rules.get(hit.rule_id)
    if rule is None:
        raise ScanInconclusive(Reason.MALFORMED, f"no rule {hit.rule_id}")
    if hit.path and hit.path not in digests:
        raise ScanInconclusive(Reason.MALFORMED, "a hit in no file")
    return Found(
        rule=rule,
        file=hit.path,
        line=hit.line or None,
        file_sha256=digests.get(hit.path, ""),
        layer=hit.layer,
        excerpt=hit.excerpt,
        match_hmac=salted_hmac("scanning.match", hit.sha256, algorithm="sha256").hexdigest(),
    )


def record(
    conclusion: Conclusion, found: Sequence[Found], *, duration_ms: int, now: datetime
) -> Report:
    """Write report and findings; when somebody else was faster, return theirs."""
    report = Report(
        sha256=conclusion.sha256,
        ruleset=conclusion.ruleset.version,
        facts_sha256=conclusion.facts_sha256,
        layers=[str(layer) for layer in conclusion.layers],
        capabilities=dict(conclusion.capabilities),
        timings=dict(conclusion.timings),
        duration_ms=duration_ms,
        created_at=now,
    )
    findings = [_row(report, each) for each in found]
    report.verdict = str(verdict_of(findings))
    if conclusion.facts_sha256:
        report.quality = quality.of(findings)
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            Finding.objects.bulk_create(findings)
    except IntegrityError:
        known = find(conclusion.sha256, conclusion.ruleset)
        if known is None:
            raise
        return known
    return report


def _row(report: Report, found: Found) -> Finding:
    rule = found.rule
    return Finding(
        report=report,
        rule=rule.id,
        category=str(rule.category),
        severity=str(rule.severity),
        confidence=str(rule.confidence),
        effect=str(effect_of(rule)),
        is_enforced=rule.is_enforced,
        is_malicious=rule.is_malicious,
        file=found.file,
        line=found.line,
        file_sha256=found.file_sha256,
        layer=found.layer,
        advice=rule.advice[:ADVICE_CHARACTERS],
        excerpt=found.excerpt,
        match_hmac=found.match_hmac,
    )


def _says(problem: FormProblem) -> str:
    # A key or a value may be a secret in a wrong place.
    parts = (quoting.safe(problem.key), problem.rule.says, quoting.safe(problem.detail))
    said = ": ".join(part for part in parts if part)
    # Names of keys and files keep their letters; a hint may end in a question mark.
    is_word = said.split(maxsplit=1)[0].isalpha()
    beginning = said[0].upper() if is_word else said[0]
    return f"{beginning}{said[1:]}{'' if said.endswith('?') else '.'}"
