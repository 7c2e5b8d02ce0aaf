"""Opaque public ids: what URLs, JSON and the audit trail show instead of integer keys."""

from typing import TYPE_CHECKING, Any

from django.db import models

from accounts import base62

# 20 characters of base62 are 119 bits: nobody meets the same id twice, nobody guesses one.
LENGTH = 20


if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField  # not subscriptable when it runs


class PublicIdField(_CharField):
    """A unique text column filled once with `prefix_` and 20 random base62 characters."""

    def __init__(self, prefix: str, **options: Any) -> None:
        self.prefix = prefix
        # Everything else follows from the prefix; migrations clone the field with the rest.
        implied = {
            "default": self.generate,
            "editable": False,
            "max_length": len(prefix) + 1 + LENGTH,
            "unique": True,
        }
        super().__init__(**options | implied)

    def generate(self) -> str:
        """Return a fresh id."""
        return f"{self.prefix}_{base62.random(LENGTH)}"

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Name the prefix in migrations instead of what follows from it."""
        name, path, _args, kwargs = super().deconstruct()
        for implied in ("default", "max_length", "unique", "editable"):
            kwargs.pop(implied, None)
        return name, path, [self.prefix], kwargs
