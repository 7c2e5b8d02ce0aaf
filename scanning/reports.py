"""Record what a scan concluded, once for the same bytes and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from scanning.answers import FormProblem
from scanning.errors import Reason, ScanInconclusive
from scanning.models import ADVICE_CHARACTERS, Finding, Report
from scanning.rules import package_form
from scanning.rules.rule import Hit, Rule
from scanning.ruleset import Ruleset
from scanning.verdicts import verdict_of


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What is recorded of a scan beside its findings; see `Report`."""

    sha256: str
    ruleset: Ruleset
    layers: Sequence[str]
    facts_sha256: str = ""
    capabilities: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule and the place where it was met."""

    rule: Rule
    file: str
    line: int | None
    match_hmac: str = ""


def find(sha256: str, rules: Ruleset) -> Report | None:
    """Return the report of the same bytes and rules."""
    return Report.objects.filter(sha256=sha256, ruleset=rules.version).first()


def broken_form(problem: FormProblem) -> Found:
    """Return the finding of a broken rule of the package's form."""
    rule = package_form.broken(problem.rule, path=problem.path, advice=_says(problem))
    return Found(rule, problem.path, problem.line)


def noted_form(problem: FormProblem) -> Found:
    """Return that of a warning."""
    rule = package_form.noted(problem.rule, path=problem.path, advice=_says(problem))
    return Found(rule, problem.path, problem.line)


def met(hit: Hit, rules: Ruleset) -> Found:
    """Return the finding of a hit; what it hit is kept as a keyed hash only.

    A rule that is not in force was never asked for: ScanInconclusive.
    """
    rule = rules.rules.get(hit.rule_id)
    if rule is None:
        raise ScanInconclusive(Reason.MALFORMED, f"no rule {hit.rule_id}")
    keyed = salted_hmac("scanning.match", hit.sha256, algorithm="sha256").hexdigest()
    return Found(rule, hit.path, hit.line, keyed)


def record(
    conclusion: Conclusion, found: Sequence[Found], *, duration_ms: int, now: datetime
) -> Report:
    """Write report and findings; when somebody else was faster, return theirs."""
    report = Report(
        sha256=conclusion.sha256,
        ruleset=conclusion.ruleset.version,
        verdict=str(verdict_of(each.rule.effect for each in found)),
        facts_sha256=conclusion.facts_sha256,
        layers=[str(layer) for layer in conclusion.layers],
        capabilities=dict(conclusion.capabilities),
        duration_ms=duration_ms,
        created_at=now,
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
            Finding.objects.bulk_create(_row(report, each) for each in found)
    except IntegrityError:
        known = find(conclusion.sha256, conclusion.ruleset)
        if known is None:
            raise
        return known
    return report


def _row(report: Report, found: Found) -> Finding:
    return Finding(
        report=report,
        rule=found.rule.id,
        category=str(found.rule.category),
        severity=str(found.rule.severity),
        effect=str(found.rule.effect),
        file=found.file,
        line=found.line,
        advice=found.rule.advice[:ADVICE_CHARACTERS],
        match_hmac=found.match_hmac,
    )


def _says(problem: FormProblem) -> str:
    parts = (problem.key, problem.rule.says, problem.detail)
    said = ": ".join(part for part in parts if part)
    return f"{said[0].upper()}{said[1:]}."
