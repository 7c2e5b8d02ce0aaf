"""The page that tells how often each rule was met, and how often it was wrong."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from releases import rule_statistics
from releases.rule_statistics import RuleStatistics

_WINDOWS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
_USUAL_WINDOW = "30"
# What can be sorted by, in the order of the columns.
_COLUMNS = {
    "rule": "Rule",
    "grade": "Grade",
    "hits": "Hits",
    "reports": "Scans",
    "share": "Share of scans",
    "releases": "Releases",
    "disputes": "Disputes",
    "accepted": "Accepted",
    "exceptions": "Exceptions",
}
_WORDS = {"rule", "grade"}
_USUAL_ORDER = "-hits"


def page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Return the page of a window of time, in the order that was asked for."""
    days = request.GET.get("days", _USUAL_WINDOW)
    days = days if days in _WINDOWS else _USUAL_WINDOW
    counted = rule_statistics.since(timezone.now() - timedelta(days=int(days)))
    order = _order(request)
    context = model_admin.admin_site.each_context(request) | {
        "title": "Rules",
        "opts": model_admin.model._meta,
        "windows": _WINDOWS,
        "days": days,
        "counted": counted,
        "rules": _sorted(counted.rules, order),
        "columns": [_column(name, label, order) for name, label in _COLUMNS.items()],
    }
    return TemplateResponse(request, "admin/releases/rules.html", context)


def _order(request: HttpRequest) -> str:
    asked = request.GET.get("order", _USUAL_ORDER)
    return asked if asked.removeprefix("-") in _COLUMNS else _USUAL_ORDER


def _sorted(rules: tuple[RuleStatistics, ...], order: str) -> list[RuleStatistics]:
    name = order.removeprefix("-")
    return sorted(rules, key=lambda each: getattr(each, name), reverse=order.startswith("-"))


def _column(name: str, label: str, order: str) -> dict[str, str]:
    """Return a heading: pressing it sorts, words from their beginning and numbers from the most."""
    usual = name if name in _WORDS else f"-{name}"
    other = usual.removeprefix("-") if usual.startswith("-") else f"-{usual}"
    direction = "descending" if order.startswith("-") else "ascending"
    return {
        "name": name,
        "label": label,
        "order": other if order == usual else usual,
        "direction": direction if order.removeprefix("-") == name else "",
    }
