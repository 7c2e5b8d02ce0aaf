"""For whom a form about money was shown: its browser may have been switched since, in another tab.

Such a form carries it as `acting_for`, and what was shown for somebody else does nothing.
"""

from accounts.actor import Actor
from accounts.http import MogRequest, actor_of


def named(actor: Actor) -> str:
    """Return what a form calls the party: nothing for a person themselves."""
    return actor.organization.public_id if actor.organization else ""


def has_changed(request: MogRequest) -> bool:
    """Tell whether a form that was sent had been shown for another party than who acts now."""
    return request.POST.get("acting_for", "") != named(actor_of(request))
