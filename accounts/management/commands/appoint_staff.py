"""Makes somebody staff, or no longer."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import staff
from accounts.actor import Actor
from accounts.models import User


class Command(BaseCommand):
    help = "Make a person who has an account staff, or take it back; their sessions end."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whom, and what of."""
        parser.add_argument("username")
        rank = parser.add_mutually_exclusive_group()
        rank.add_argument("--superuser", action="store_true", help="may do everything in the admin")
        groups = sorted(settings.STAFF_GROUPS)
        rank.add_argument("--group", choices=groups, default="", help="what they may do")
        rank.add_argument("--dismiss", action="store_true", help="take all rights of staff back")

    def handle(self, *args: Any, **options: Any) -> None:
        """Change it and say what is so now."""
        username: str = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(
                f"Nobody is called {username} here. They must have signed in once before."
            )
        by, now = Actor.system(), timezone.now()
        if options["dismiss"]:
            changed = staff.dismiss(user, by=by, now=now)
            said = "is no longer staff" if changed else "was not staff"
        else:
            group: str = options["group"]
            changed = staff.appoint(
                user, as_superuser=options["superuser"], group=group, by=by, now=now
            )
            rank = (
                "a superuser" if options["superuser"] else f"staff ({group})" if group else "staff"
            )
            said = f"is {'now' if changed else 'already'} {rank}"
        self.stdout.write(f"{username} {said}")
