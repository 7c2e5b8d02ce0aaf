"""The least valid rows of the scanning room."""

import factory

from scanning.models import Finding, Report
from scanning.verdicts import Verdict


class ReportFactory(factory.django.DjangoModelFactory[Report]):
    """A scan that found nothing."""

    class Meta:
        model = Report

    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    ruleset = "0123456789abcdef" * 4
    verdict = str(Verdict.PASSED)
    facts_sha256 = "f" * 64
    duration_ms = 40


class FindingFactory(factory.django.DjangoModelFactory[Finding]):
    """Something that a person should look at."""

    class Meta:
        model = Finding

    report = factory.SubFactory(ReportFactory, verdict=str(Verdict.FLAGGED))
    rule = "secret/named-value"
    category = "secret"
    severity = "high"
    confidence = "medium"
    effect = "review"
    file = "content/SKILL.md"
    line = 12
    advice = "Remove the password, and change it where it is used."
