"""Fields that take JSON at its word: `"5"`, `5.0` and `true` are no number of cents."""

from typing import Any

from rest_framework import serializers

# A thousand times what anything here costs.
_MOST_CENTS = 50_000_000


class CentsField(serializers.IntegerField):
    """A whole number of cents, zero or more."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": _MOST_CENTS} | options))

    def to_internal_value(self, data: Any) -> int:
        """Return it; anything but a JSON integer is refused."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """`true` or `false`."""

    def to_internal_value(self, data: Any) -> bool:
        """Return it; anything but a JSON boolean is refused."""
        if type(data) is not bool:
            self.fail("invalid", input=data)
        return data
