"""Organizations: made, named, and closed. Deleting one asks the rooms above, and stands there."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery

from accounts import memberships
from accounts.actor import Actor
from accounts.errors import BoundToOrganization, InvalidOrganization
from accounts.models import Membership, Organization, Role
from accounts.namespaces import claim_namespace
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record

NAME_LENGTH = 80


def listed_for(by: Actor) -> QuerySet[Organization]:
    """Return the organizations an actor belongs to, each with `role` and `member_count`.

    Raises SignInRequired and MissingScope.
    """
    own = memberships.visible_to(by).filter(organization=OuterRef("pk"))
    members = Membership.objects.filter(organization=OuterRef("pk")).order_by()
    count = members.values("organization").annotate(number=Count("pk")).values("number")
    return (
        Organization.objects.select_related("namespace")
        .annotate(
            role=Subquery(own.values("role")[:1]),
            member_count=Subquery(count, output_field=IntegerField()),
        )
        .filter(role__isnull=False)
    )


@transaction.atomic
def create(*, slug: str, name: str, by: Actor, now: datetime) -> Membership:
    """Take a name for a new organization; return the membership of its first owner.

    Raises SignInRequired, MissingScope, BoundToOrganization, InvalidNamespace and
    InvalidOrganization.
    """
    user = by.require_scope(Scope.ORG)
    assert by.credential is not None
    if by.credential.is_bound:
        raise BoundToOrganization
    called = _checked(name)
    namespace = claim_namespace(slug, by=by, now=now)
    organization = Organization.objects.create(namespace=namespace, name=called, created_at=now)
    owner = memberships.join(organization, user, Role.OWNER, now=now)
    data = {"slug": slug}
    record(Action.ORGANIZATION_CREATED, by=by.who, now=now, subject=organization.subject, data=data)
    return owner


@transaction.atomic
def rename(organization: Organization, name: str, *, by: Actor, now: datetime) -> None:
    """Call it something else; the name in addresses stays. Raises as require_role, and
    InvalidOrganization.
    """
    memberships.hold(organization, Role.ADMIN, by=by)
    called = _checked(name)
    if Organization.objects.filter(pk=organization.pk).exclude(name=called).update(name=called):
        record(Action.ORGANIZATION_RENAMED, by=by.who, now=now, subject=organization.subject)


def close(organization: Organization, *, by: Actor, now: datetime) -> None:
    """End an organization and all that acts for it, inside the transaction that deletes it.

    The row and its name stay. Whoever calls this holds the organization, has asked for its owner
    and for step-up, and made sure that nothing is left in it (`mog_site.organization_deletion`).
    """
    organization.invitations.all().revoke(now=now)
    organization.spend_policies.live().update(deleted_at=now)
    everybody = memberships.listed_for(organization).select_for_update(of=("self",))
    for membership in everybody.order_by("pk"):
        memberships.end(membership, reason="organization_deleted", by=by, now=now)
    Organization.objects.filter(pk=organization.pk).update(deleted_at=now)
    record(Action.ORGANIZATION_DELETED, by=by.who, now=now, subject=organization.subject)


def _checked(name: str) -> str:
    called = name.strip()
    if not 0 < len(called) <= NAME_LENGTH or not called.isprintable():
        raise InvalidOrganization("name", f"Use 1 to {NAME_LENGTH} printable characters.")
    return called
