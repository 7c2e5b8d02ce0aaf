"""What a person may choose from when they let a token act."""

from typing import TypedDict

from accounts import acting
from accounts.actor import Actor
from accounts.models import Membership, SpendPolicy


class Choices(TypedDict):
    """As the forms take them: for whom it may act, and under which policies."""

    memberships: list[Membership]
    policies: list[SpendPolicy]


def choices_of(actor: Actor) -> Choices:
    """Return what is offered to a person, in a query or two."""
    memberships = acting.choices_of(actor)
    organizations = [each.organization for each in memberships]
    policies = SpendPolicy.objects.offered_to(actor.require_user(), *organizations)
    policies = policies.select_related("organization")
    return {"memberships": memberships, "policies": list(policies)}
