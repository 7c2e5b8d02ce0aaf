"""Django's entry to the scanning room."""

from django.apps import AppConfig
from django.conf import settings

from scanning import ruleset


class ScanningConfig(AppConfig):
    name = "scanning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Refuse to start with a rule of the operator's that cannot be used.

        The open ones are tried by our tests: who needs none does not wait a second for them.
        """
        if settings.SCAN_RULES_DIR or settings.SCAN_RULES_DISABLED or settings.SCAN_RULES_WATCHING:
            ruleset.current()
