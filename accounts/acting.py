"""For whom a person acts: themselves, or an organization that they belong to.

A request of the API names it for itself; a browser keeps it until its person chooses anew.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts import memberships
from accounts.actor import Actor
from accounts.errors import SignInRequired
from accounts.models import Credential, CredentialKind, Membership, Organization, Role
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record


def named_by(by: Actor, slug: str) -> Actor:
    """Return the actor of a token as it acts for the organization that its request names.

    The token's own policy stays with it. Raises MissingScope without the scope `org`, and
    Organization.DoesNotExist for whoever does not belong, or whose token is another's.
    """
    if by.organization is not None:
        if by.organization.slug != slug:
            raise Organization.DoesNotExist
        return by
    user = by.require_scope(Scope.ORG)
    membership = Membership.objects.of(user).get_in(slug)
    return replace(by, organization=membership.organization, role=Role(membership.role))


def choices_of(by: Actor) -> list[Membership]:
    """Return for which organizations a person in a browser can act, by name.

    A query, and none for people who belong nowhere.
    """
    if by.user is None or by.credential is None or not by.credential.has_choice:
        return []
    return list(Membership.objects.of(by.user).order_by("organization__name", "pk"))


@transaction.atomic
def switch(slug: str, *, by: Actor, now: datetime) -> None:
    """Let a browser act for an organization of its person's from now on, or for them if none.

    Only for a web session; what a token acts for is its own for life. Raises SignInRequired, and
    Organization.DoesNotExist for whoever does not belong.
    """
    user = by.require_user()
    if by.credential is None or not by.credential.is_internal:
        raise SignInRequired
    organization = None
    if slug:
        organization = Membership.objects.of(user).get_in(slug).organization
        # Held, so that whoever ends the membership now ends this too.
        memberships.hold(organization, Role.MEMBER, by=by)
    own = Credential.objects.filter(pk=by.credential.pk, kind=CredentialKind.INTERNAL)
    if own.exclude(organization=organization).update(organization=organization):
        data = {"organization": organization.public_id if organization else ""}
        subject = by.credential.subject
        record(Action.SESSION_SWITCHED, by=by.who, now=now, subject=subject, data=data)
