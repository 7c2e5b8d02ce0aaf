"""Reports in the admin: looked at with their findings, never changed."""

from datetime import datetime

import pytest
from django.test import Client

from scanning import reports, ruleset
from scanning.models import Report
from scanning.rules.rule import Hit
from tests.factories.accounts import UserFactory
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

HIT = Hit(
    rule_id="secret/named-value",
    path="content/notes.md",
    line=7,
    sha256="e" * 64,
    layer="base64",
    excerpt="api_key: …(32 characters)",
)


@pytest.fixture
def staff(client: Client) -> Client:
    """A superuser at the admin."""
    sign_in(client, UserFactory.create(username="root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def report(now: datetime) -> Report:
    """A report with one finding."""
    rules = ruleset.current()
    conclusion = reports.Conclusion(
        sha256="a" * 64, ruleset=rules, layers=["seccomp"], timings={}, facts_sha256="c" * 64
    )
    found = reports.met(HIT, rules, {HIT.path: "b" * 64})
    return reports.record(conclusion, [found], duration_ms=150, now=now)


def test_a_report_is_shown_with_its_findings(staff: Client, report: Report) -> None:
    assert report.public_id in staff.get("/admin/scanning/report/").content.decode()
    page = staff.get(f"/admin/scanning/report/{report.pk}/change/").content.decode()
    finding = report.findings.get()
    assert "secret/named-value" in page
    assert "content/notes.md" in page
    assert HIT.excerpt in page
    assert finding.match_hmac not in page


def test_a_report_is_never_changed(staff: Client, report: Report) -> None:
    base = "/admin/scanning/report"
    assert staff.post(f"{base}/{report.pk}/change/", {}).status_code == 403
    assert staff.post(f"{base}/{report.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"{base}/add/").status_code == 403


@pytest.mark.parametrize("query", ["", "?q=" + "a" * 64, "?verdict=flagged"])
def test_the_list_is_found_by_digest_and_verdict(staff: Client, report: Report, query: str) -> None:
    page = staff.get(f"/admin/scanning/report/{query}").content.decode()
    assert report.public_id in page
