"""Removes web sessions that have ended or expired."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import sessions


class Command(BaseCommand):
    help = "Remove expired browser sessions, and ended ones with their internal credentials."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was, or would be, removed."""
        purged = sessions.purge(now=timezone.now(), dry_run=options["dry_run"])
        verb = "would remove" if options["dry_run"] else "removed"
        self.stdout.write(
            f"{verb} {purged.browser_sessions} browser sessions "
            f"and {purged.credentials} internal credentials"
        )
