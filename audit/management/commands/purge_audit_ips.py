"""Shorten addresses in the audit trail's personal data after thirty days."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.personal_data import expired_ips, truncate_ips


class Command(BaseCommand):
    """Print how many addresses were shortened, or would be."""

    help = "Shorten addresses older than thirty days to their network."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to count only."""
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Shorten."""
        now = timezone.now()
        count = expired_ips(now=now).count() if options["dry_run"] else truncate_ips(now=now)
        self.stdout.write(f"{count} addresses")
