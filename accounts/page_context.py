"""What every page may know of whoever looks at it. Nothing is asked until a template asks."""

from collections.abc import Callable

from accounts.acting import choices_of
from accounts.http import MogRequest, actor_of


def acting(request: MogRequest) -> dict[str, Callable[[], object]]:
    """Return `acting`, the actor, and `could_act_for`, memberships: one query."""
    actor = actor_of(request)
    return {"acting": lambda: actor, "could_act_for": lambda: choices_of(actor)}
