"""What lists are narrowed by."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils import timezone

from scanning.verdicts import GRAVEST_FIRST

_DAY = timedelta(days=1)


class WaitingFilter(admin.SimpleListFilter):
    """Open cases, unless others are asked for."""

    title = "state of the case"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be chosen beside the open ones."""
        return [("closed", "Closed"), ("all", "All")]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Call the choice that is made for you by its name."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": "Open"} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        if self.value() == "all":
            return queryset
        return queryset.filter(closed_at__isnull=self.value() != "closed")


class DueFilter(admin.SimpleListFilter):
    """By when a person should have looked."""

    title = "due time"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be chosen."""
        return [("late", "Late"), ("today", "Within a day"), ("later", "Later")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        now = timezone.now()
        if self.value() == "late":
            return queryset.filter(due_at__lte=now)
        if self.value() == "today":
            return queryset.filter(due_at__gt=now, due_at__lte=now + _DAY)
        if self.value() == "later":
            return queryset.filter(due_at__gt=now + _DAY)
        return queryset


class WorstFilter(admin.SimpleListFilter):
    """By what the gravest finding does."""

    title = "gravest finding"
    parameter_name = "worst"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be chosen."""
        return [(str(each), each.capitalize()) for each in GRAVEST_FIRST]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        return queryset.filter(worst_effect=self.value()) if self.value() else queryset


class AskedFilter(admin.SimpleListFilter):
    """By what else people wait for."""

    title = "what it waits for"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be chosen."""
        return [("answer", "Answers to disputes"), ("second", "A second person")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        if self.value() == "answer":
            return queryset.filter(open_disputes__gt=0)
        return queryset.filter(is_to_revoke=True) if self.value() == "second" else queryset


class EndedFilter(admin.SimpleListFilter):
    """Whether a revocation waits for a second person."""

    title = "state"
    parameter_name = "ended"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be chosen."""
        return [("waiting", "Waiting"), ("confirmed", "Confirmed"), ("declined", "Declined")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        if self.value() == "waiting":
            return queryset.filter(confirmed_at__isnull=True, declined_at__isnull=True)
        if self.value() in {"confirmed", "declined"}:
            return queryset.filter(**{f"{self.value()}_at__isnull": False})
        return queryset


class StandingFilter(admin.SimpleListFilter):
    """Whether an exception stands."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be chosen."""
        return [("yes", "Standing"), ("no", "Withdrawn")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what was chosen."""
        if self.value() in {"yes", "no"}:
            return queryset.filter(withdrawn_at__isnull=self.value() == "yes")
        return queryset
