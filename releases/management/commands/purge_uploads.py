"""Removes uploads that no release waits for."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from releases import purging


class Command(BaseCommand):
    help = "Remove uploads older than a day that no release waits for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was, or would be, removed."""
        count = purging.purge(now=timezone.now(), dry_run=options["dry_run"])
        verb = "would remove" if options["dry_run"] else "removed"
        self.stdout.write(f"{verb} {count} uploads")
