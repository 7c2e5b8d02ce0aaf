"""Purge audit events that were kept long enough."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.actions import RetentionClass
from audit.retention import count_due, purge


class Command(BaseCommand):
    """Print how many events of each chain went, or would go."""

    help = "Purge audit events past their retention, leaving signed tombstones."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to count only."""
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Purge each chain."""
        now = timezone.now()
        act = count_due if options["dry_run"] else purge
        for chain in RetentionClass:
            self.stdout.write(f"{chain}: {act(chain, now=now)} events")
