"""Lists as the provider pages them: newest first, from behind `starting_after`."""

from payments.sandbox import forms
from payments.sandbox.refusals import Json, Refusal
from payments.sandbox.world import World

_DEFAULT = 10
_MOST = 100
PAGING = ("limit", "starting_after", "created")
_COMPARE = {
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}


def answer(world: World, kind: str, url: str, form: Json, *, by: tuple[str, ...]) -> Json:
    """Return a page of objects, filtered by those fields that the query names."""
    forms.only(form, *PAGING, *by)
    wanted = {name: value for name in by if (value := forms.text(form, name))}
    found = [body for body in world.store.find(kind, **wanted) if _is_within(body, form)]
    start = _start(found, forms.text(form, "starting_after"))
    size = min(_MOST, forms.cents(form, "limit", default=_DEFAULT))
    return {
        "object": "list",
        "url": url,
        "has_more": len(found) > start + size,
        "data": found[start : start + size],
    }


def _start(found: list[Json], after: str | None) -> int:
    if not after:
        return 0
    ids = [body["id"] for body in found]
    if after not in ids:
        raise Refusal(f"No such object: '{after}'", param="starting_after")
    return ids.index(after) + 1


def _is_within(body: Json, form: Json) -> bool:
    bounds = form.get("created") or {}
    if not isinstance(bounds, dict):
        bounds = {"gte": bounds, "lte": bounds}
    for name, value in bounds.items():
        moment = forms.whole(value, default=None) if isinstance(value, str) else None
        if name not in _COMPARE or moment is None:
            raise Refusal("Invalid created", param="created")
        if not _COMPARE[name](body["created"], moment):
            return False
    return True
