"""Django's question "who is this, and what may staff do": answered without any secret of ours."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class ProviderBackend(ModelBackend):
    """Knows users and their permissions; identity is proven by providers, never here."""

    def authenticate(self, *_args: Any, **_credentials: Any) -> None:
        """Refuse every name and password: there are none."""
