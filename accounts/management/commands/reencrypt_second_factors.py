"""Writes the secrets of second factors anew after a key was put before the others."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.second_factors import rotation


class Command(BaseCommand):
    help = "Encrypt secrets of second factors with the first key of SECOND_FACTOR_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--dry-run`."""
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was, or would be, written anew; fail when a secret opens with no key."""
        counts = rotation.rotate(dry_run=options["dry_run"])
        verb = "would encrypt" if options["dry_run"] else "encrypted"
        self.stdout.write(f"{verb} {counts.renewed} secrets anew, {counts.current} were current")
        if counts.unreadable:
            raise CommandError(
                f"{counts.unreadable} secrets open with none of the keys; put the lost key back."
            )
