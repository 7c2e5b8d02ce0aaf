"""Removes device requests that have lapsed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import device_flow


class Command(BaseCommand):
    help = "Remove device requests that lapsed a day ago; their tokens stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was, or would be, removed."""
        count = device_flow.purge(now=timezone.now(), dry_run=options["dry_run"])
        verb = "would remove" if options["dry_run"] else "removed"
        self.stdout.write(f"{verb} {count} device requests")
