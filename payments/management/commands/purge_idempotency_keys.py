"""Removes idempotency keys whose day is over."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from payments import idempotency


class Command(BaseCommand):
    help = "Remove idempotency keys that were first used more than 24 hours ago."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was, or would be, removed."""
        removed = idempotency.purge(now=timezone.now(), dry_run=options["dry_run"])
        verb = "would remove" if options["dry_run"] else "removed"
        self.stdout.write(f"{verb} {removed} idempotency keys")
