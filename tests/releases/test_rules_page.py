"""How often each rule was met, and how often it was wrong."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from releases import disputes, rule_statistics
from releases.models import Release
from releases.rule_statistics import RuleStatistics
from scanning import ruleset
from scanning.models import Report
from tests import queue, shelf
from tests.factories.scanning import FindingFactory, ReportFactory
from tests.releases.people import staff

pytestmark = pytest.mark.django_db

PAGE = "/admin/releases/case/rules/"


def counted(days: int = 30) -> dict[str, RuleStatistics]:
    """Return the statistics of the last days by rule."""
    found = rule_statistics.since(timezone.now() - timedelta(days=days))
    return {each.rule: each for each in found.rules}


def test_everything_about_a_rule_is_counted() -> None:
    now = timezone.now()
    case, other = queue.held(number=1), queue.held(number=2)
    FindingFactory.create(report=other.release.report, rule="secret/named-value", line=40)
    FindingFactory.create(report=other.release.report, rule="mcp/forgotten", category="mcp")
    ReportFactory.create_batch(2)
    rule = ruleset.current().rules["secret/named-value"]
    one = queue.contested(case, number=1)
    queue.contested(other, number=1)
    disputes.accept(one, reason="A sample.", by=staff(), now=now)
    assert counted()["secret/named-value"] == RuleStatistics(
        rule="secret/named-value",
        grade=f"{rule.severity}, {rule.confidence}",
        hits=3,
        reports=2,
        share=50.0,
        releases=2,
        disputes=2,
        accepted=1,
        exceptions=1,
    )
    assert counted()["mcp/forgotten"].grade == ""


def test_only_what_happened_in_the_window_counts(support: Client) -> None:
    report = queue.held().release.report
    assert report is not None
    old = ReportFactory.build(created_at=timezone.now() - timedelta(days=40))
    old.save(force_insert=True)
    FindingFactory.create(report=old, rule="code/eval", category="code")
    assert "code/eval" not in counted()
    assert "code/eval" in counted(days=90)
    assert "code/eval" not in support.get(PAGE).content.decode()
    assert "code/eval" in support.get(f"{PAGE}?days=90").content.decode()
    assert "code/eval" not in support.get(f"{PAGE}?days=9999").content.decode()


def test_a_release_counts_by_its_last_scan() -> None:
    release = queue.held().release
    Release.objects.filter(pk=release.pk).update(report=ReportFactory.create())
    assert counted()["secret/named-value"].releases == 0
    assert counted()["secret/named-value"].hits == 1
    assert Report.objects.count() == 2


def order_of(text: str) -> list[str]:
    """Return two rules in the order of the page."""
    return sorted(("code/eval", "mcp/odd"), key=text.index)


def test_the_page_is_sorted_by_any_column(support: Client) -> None:
    report = shelf.published().report
    FindingFactory.create_batch(3, report=report, rule="mcp/odd", category="mcp")
    FindingFactory.create(report=report, rule="code/eval", category="code")
    usual = support.get(PAGE).content.decode()
    assert order_of(usual) == ["mcp/odd", "code/eval"]
    assert 'aria-sort="descending"' in usual
    for order, expected in {
        "hits": ["code/eval", "mcp/odd"],
        "-hits": ["mcp/odd", "code/eval"],
        "rule": ["code/eval", "mcp/odd"],
        "-rule": ["mcp/odd", "code/eval"],
        "share": ["code/eval", "mcp/odd"],
        "nonsense": ["mcp/odd", "code/eval"],
    }.items():
        assert order_of(support.get(f"{PAGE}?order={order}").content.decode()) == expected, order


def test_the_page_costs_the_same_however_many_rules_there_are(support: Client) -> None:
    spent = []
    for number in (1, 30):
        report = shelf.published(listing=queue.held(number=number).release.listing).report
        for each in range(number):
            FindingFactory.create(report=report, rule=f"code/rule-{each}", category="code")
        with CaptureQueriesContext(connection) as queries:
            support.get(PAGE)
        spent.append(len(queries))
    assert spent[0] == spent[1] <= 10


def test_an_empty_page_says_so(support: Client) -> None:
    assert "No rule has met anything." in support.get(PAGE).content.decode()
