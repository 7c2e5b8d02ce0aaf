"""Let the audit trail go on after a backup was restored."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import restoring


class Command(BaseCommand):
    """Say which chains stand still; with --yes set their anchors aside and let them go on."""

    help = "After a restored backup: accept what the database holds as the head of each chain."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the deliberate word."""
        parser.add_argument("--yes", action="store_true", help="a backup was restored on purpose")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what stands still and, when told to, let it go on."""
        behind = restoring.behind()
        for each in behind:
            shown = "nothing readable" if each.anchored is None else f"link {each.anchored}"
            self.stdout.write(f"{each.chain}: {each.head} links, its anchor shows {shown}")
        if not behind:
            self.stdout.write("every chain holds the link that its anchor shows")
        elif not options["yes"]:
            raise CommandError(
                "Nothing was changed. If a backup was restored on purpose, say --yes; "
                "otherwise somebody has cut the trail: run verify_audit."
            )
        else:
            for each in behind:
                restoring.accept(each.chain, now=timezone.now())
            self.stdout.write("their anchors are set aside, and they go on")
