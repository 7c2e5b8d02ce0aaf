"""Django's `migrate`, as the role that owns the tables."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Migrates as the owner wherever there is one, so that the running role owns nothing."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose the owner's connection unless another is named."""
        super().add_arguments(parser)
        if "owner" in connections.settings:
            parser.set_defaults(database="owner")

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run; a fresh machine has no folder for its database, and the checks already open it."""
        for chosen in connections.settings.values():
            if chosen["ENGINE"].endswith("sqlite3"):
                Path(chosen["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; raises CommandError where the running role would come to own tables."""
        if options["database"] not in connections.settings:
            raise CommandError("There is no such database; set DATABASE_OWNER_URL for an owner.")
        chosen = connections[options["database"]]
        if "owner" in connections.settings:
            owner = connections["owner"]
            if chosen.settings_dict["USER"] != owner.settings_dict["USER"]:
                raise CommandError(
                    "The running role must not own tables. Leave out --database, or pass"
                    " --database owner."
                )
        super().handle(*args, **options)
