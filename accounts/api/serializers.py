"""The border between JSON's camelCase and Python's snake_case."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


def camelize(name: str) -> str:
    """Return `snake_case` as `snakeCase`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class CamelSerializer(serializers.Serializer[Any]):
    """Declares fields in snake_case, speaks camelCase, and refuses fields it does not know."""

    def get_fields(self) -> dict[str, Any]:
        """Return the declared fields under their public names."""
        fields: dict[str, Any] = {}
        for name, field in super().get_fields().items():
            public_name = camelize(name)
            if isinstance(field, serializers.SerializerMethodField):
                field.method_name = field.method_name or f"get_{name}"
            elif public_name != name and field.source is None:
                field.source = name
            fields[public_name] = field
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """Parse, naming every unknown field instead of ignoring it."""
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields)
            if unknown:
                raise serializers.ValidationError(
                    {
                        name: ["This field is not known here; check its spelling."]
                        for name in sorted(unknown)
                    }
                )
        return super().to_internal_value(data)
