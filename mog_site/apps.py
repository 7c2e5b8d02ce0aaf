"""Django's entry to the wiring room."""

from django.apps import AppConfig, apps
from django.core import checks as django_checks
from django.db.models.signals import post_migrate

from mog_site import checks, database_roles


class MogSiteConfig(AppConfig):
    """The room itself."""

    name = "mog_site"

    def ready(self) -> None:
        """Hook into Django where it asks apps to."""
        django_checks.register(checks.production, checks.TAG)
        # Of one app only: the signal comes once for each that has models, after all have migrated.
        floor = apps.get_app_config("audit")
        post_migrate.connect(database_roles.grant_after_migrate, sender=floor)
