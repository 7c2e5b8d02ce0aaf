"""What the database itself holds of reports and findings."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from mog_package import Rule as FormRule
from scanning import reports, ruleset
from scanning.answers import FormProblem
from scanning.errors import Reason, ScanInconclusive
from scanning.models import Finding, Report
from scanning.rules.rule import Hit
from scanning.verdicts import Verdict

pytestmark = pytest.mark.django_db

Make = Callable[..., Report]

HIT = Hit(
    rule_id="secret/named-value", path="a.md", line=1, sha256="e" * 64, layer="", excerpt="a: …"
)
DIGESTS = {"a.md": "d" * 64}


@pytest.fixture
def make(now: datetime) -> Make:
    """Write a report, with changes."""

    def write(**changes: Any) -> Report:
        proper = {
            "sha256": "a" * 64,
            "ruleset": "b" * 64,
            "verdict": Verdict.PASSED,
            "facts_sha256": "c" * 64,
            "duration_ms": 150,
            "created_at": now,
        }
        return Report.objects.create(**proper | changes)

    return write


def test_the_same_bytes_and_rules_have_one_report(make: Make) -> None:
    make()
    with pytest.raises(IntegrityError), transaction.atomic():
        make()
    make(ruleset="d" * 64)
    make(sha256="d" * 64)


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"ruleset": ""},
        {"facts_sha256": "c" * 10},
        {"verdict": "fine"},
        {"facts_sha256": "", "verdict": Verdict.PASSED},
    ],
)
def test_a_report_is_complete(make: Make, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "no category"},
        {"category": "other"},
        {"severity": "grave"},
        {"effect": "destroy"},
        {"confidence": "certain"},
        {"file_sha256": "no digest"},
        {"match_hmac": "plain text"},
    ],
)
def test_a_finding_is_of_known_kinds(make: Make, change: dict[str, Any]) -> None:
    proper = {
        "report": make(),
        "rule": "secret/named-value",
        "category": "secret",
        "severity": "medium",
        "confidence": "medium",
        "effect": "review",
        "advice": "Look.",
    }
    Finding.objects.create(**proper)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(**proper | change)


@pytest.mark.parametrize("table", ["scanning_report", "scanning_finding"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_nothing_is_changed_later(make: Make, now: datetime, table: str, change: str) -> None:
    rules = ruleset.current()
    conclusion = reports.Conclusion(
        sha256="a" * 64, ruleset=rules, layers=(), facts_sha256="c" * 64, timings={}
    )
    reports.record(conclusion, [reports.met(HIT, rules, DIGESTS)], duration_ms=1, now=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_the_second_of_two_scans_takes_the_report_of_the_first(now: datetime) -> None:
    rules = ruleset.current()
    conclusion = reports.Conclusion(
        sha256="a" * 64, ruleset=rules, layers=["seccomp"], facts_sha256="c" * 64, timings={}
    )
    hit = reports.met(HIT, rules, DIGESTS)
    first = reports.record(conclusion, [hit], duration_ms=1, now=now)
    assert reports.record(conclusion, [hit], duration_ms=1, now=now) == first
    assert Finding.objects.count() == 1


def test_a_hit_of_no_rule_in_force_concludes_nothing() -> None:
    with pytest.raises(ScanInconclusive) as raised:
        reports.met(replace(HIT, rule_id="secret/of-nobody"), ruleset.current(), DIGESTS)
    assert raised.value.reason is Reason.MALFORMED


def test_a_hit_in_a_file_that_is_not_there_concludes_nothing() -> None:
    with pytest.raises(ScanInconclusive) as raised:
        reports.met(replace(HIT, path="b.md"), ruleset.current(), DIGESTS)
    assert raised.value.reason is Reason.MALFORMED


def test_the_hash_of_a_match_needs_our_key(settings: Any) -> None:
    rules = ruleset.current()
    first = reports.met(HIT, rules, DIGESTS).match_hmac
    settings.SECRET_KEY = "another"
    assert first != reports.met(HIT, rules, DIGESTS).match_hmac != HIT.sha256


@pytest.mark.parametrize(
    ("told", "advice"),
    [
        (
            FormProblem(FormRule.MANIFEST_MISSING, "at the top", "mog.yaml", 1, ""),
            "mog.yaml is missing: at the top.",
        ),
        (
            FormProblem(FormRule.WRONG_TYPE, "it must be text", "mog.yaml", 1, "name"),
            "name: a value is of the wrong type: it must be text.",
        ),
        (
            FormProblem(FormRule.BAD_VALUE, "'skil'; did you mean 'skill'?", "mog.yaml", 3, "type"),
            "type: a value is not allowed: 'skil'; did you mean 'skill'?",
        ),
    ],
)
def test_advice_of_a_form_rule_names_keys_and_files_as_they_are_written(
    told: FormProblem, advice: str
) -> None:
    assert reports.broken_form(told).rule.advice == advice
