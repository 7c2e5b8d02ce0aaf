"""Django's entry to the scanning room."""

from django.apps import AppConfig

from scanning import ruleset


class ScanningConfig(AppConfig):
    name = "scanning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a rule that cannot be used."""
        ruleset.current()
