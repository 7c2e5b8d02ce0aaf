"""The provider's form encoding: `metadata[order]=1&types[0]=card` is a tree."""

from http import HTTPStatus
from typing import TypeVar
from urllib.parse import parse_qsl

from payments.sandbox.refusals import Json, Refusal

_Default = TypeVar("_Default", int, None)
_FIELDS = 500
_DEPTH = 5
_HIGHEST_CENTS = 99_999_999
_METADATA_PAIRS = 50
_DIGITS = 12
_METADATA_VALUE = 500


def parse(raw: str) -> Json:
    """Return the tree of a body or query string; raises Refusal when it is none."""
    try:
        pairs = parse_qsl(
            raw, keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=_FIELDS
        )
    except ValueError as error:
        raise Refusal("The form cannot be read.") from error
    tree: Json = {}
    for name, value in pairs:
        _put(tree, _steps(name), value)
    return tree


def only(form: Json, *known: str) -> None:
    """Refuse parameters that the operation does not have."""
    for name in form:
        if name not in known and name != "expand":
            raise Refusal(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )


def text(form: Json, name: str, *, needed: bool = False) -> str | None:
    """Return one value, or None."""
    value = form.get(name)
    if needed and not value:
        raise Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if value is not None and not isinstance(value, str):
        raise Refusal(f"Invalid {name}: must be a string", param=name)
    return value or None


def needed(form: Json, name: str) -> str:
    """Return one value that the operation cannot do without."""
    return text(form, name, needed=True) or ""


def cents(form: Json, name: str, *, default: int | None = None) -> int:
    """Return an amount; raises Refusal for anything but a positive whole number."""
    value = text(form, name, needed=default is None)
    if value is None:
        assert default is not None
        return default
    amount = whole(value, default=None)
    if amount is None:
        raise Refusal(
            f"Invalid integer: {value[:80]}", code="parameter_invalid_integer", param=name
        )
    if not 0 < amount <= _HIGHEST_CENTS:
        raise Refusal(
            "This value must be greater than or equal to 1, and at most 99999999.",
            code="parameter_invalid_integer",
            param=name,
        )
    return amount


def whole(value: str, *, default: _Default) -> int | _Default:
    """Return a whole number of at most twelve digits, or the default for anything else."""
    is_whole = value.isascii() and value.isdigit() and len(value) <= _DIGITS
    return int(value) if is_whole else default


def currency(form: Json) -> str:
    """Return a lower-case currency."""
    value = needed(form, "currency")
    if not (len(value) == 3 and value.isascii() and value.isalpha() and value.islower()):
        raise Refusal(f"Invalid currency: {value}", code="parameter_invalid", param="currency")
    return value


def flag(form: Json, name: str) -> bool:
    """Return a switch, off when it is not there."""
    return text(form, name) == "true"


def metadata(form: Json) -> dict[str, str]:
    """Return the pairs a caller keeps with an object."""
    pairs = form.get("metadata") or {}
    is_flat = isinstance(pairs, dict) and all(isinstance(value, str) for value in pairs.values())
    if not is_flat or len(pairs) > _METADATA_PAIRS:
        raise Refusal("Invalid metadata", param="metadata")
    if any(len(value) > _METADATA_VALUE for value in pairs.values()):
        raise Refusal("Metadata values can have up to 500 characters", param="metadata")
    return dict(pairs)


def _steps(name: str) -> list[str]:
    head, *rest = name.split("[")
    if not head or any(not step.endswith("]") for step in rest) or len(rest) > _DEPTH:
        raise Refusal(f"Invalid parameter name: {name[:80]}", status=HTTPStatus.BAD_REQUEST)
    return [head, *(step[:-1] for step in rest)]


def _put(tree: Json, steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        branch = tree.setdefault(step, {})
        if not isinstance(branch, dict):
            raise Refusal(f"Invalid parameter: {step[:80]} is a value and an object")
        tree = branch
    if isinstance(tree.get(steps[-1]), dict):
        raise Refusal(f"Invalid parameter: {steps[-1][:80]} is a value and an object")
    tree[steps[-1]] = value
