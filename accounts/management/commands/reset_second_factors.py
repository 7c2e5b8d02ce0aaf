"""Removes somebody's second factors when they have lost all of them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from accounts.second_factors import removals


class Command(BaseCommand):
    help = (
        "Remove every second factor and recovery code of a person, end their sessions and tell"
        " them by mail. Make sure first, in another way than by mail, that it is them who ask."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whose."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove them and say how many there were."""
        username: str = options["username"]
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody is called {username} here.")
        count = removals.reset(user, by=Actor.system(), now=timezone.now())
        if count:
            said = f"removed {count} second factors of {username}; their sessions have ended"
        else:
            said = f"{username} has no second factor"
        self.stdout.write(said)
