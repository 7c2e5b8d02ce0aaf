"""Who has what: granted inside the transaction that pays for it, or at once when it is free."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Membership, Organization, User
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from payments.models import Entitlement, Order, Source


def active_entitlement(listing: Listing, *, by: Actor) -> Entitlement | None:
    """Return the entitlement an actor may use for a listing, its own before its organization's."""
    held = Entitlement.objects.held_by(by).active().filter(listing=listing)
    return held.order_by(F("organization").asc(nulls_first=True)).first()


def entitlement_of_party(listing: Listing, *, by: Actor) -> Entitlement | None:
    """Return the entitlement of the very party an actor buys for, with the order that paid it."""
    held = Entitlement.objects.of_party(by).active().filter(listing=listing)
    return held.select_related("order").first()


def held_by_party(listing: Listing, party: User | Organization) -> bool:
    """Tell whether a person or an organization has a listing."""
    holder = {"user" if isinstance(party, User) else "organization": party}
    return Entitlement.objects.active().filter(listing=listing, **holder).exists()


def give(order: Order, *, now: datetime) -> Entitlement:
    """Give a paid order's listing to its buyer; the order's own event in the trail names it.

    Raises IntegrityError when the buyer has the listing, or the order has given it before.
    """
    return Entitlement.objects.create(
        listing=order.listing,
        user=order.user,
        organization=order.organization,
        source=Source.PURCHASE,
        order=order,
        granted_at=now,
    )


def revoke_bought(order: Order, *, now: datetime) -> None:
    """Take back what an order gave, inside the transaction that gives its price back."""
    Entitlement.objects.active().filter(order=order).update(revoked_at=now)


def suspend(order: Order, *, now: datetime) -> Entitlement | None:
    """Take away what an order gave while its payment is disputed; None when it is gone already."""
    given = Entitlement.objects.active().filter(order=order).first()
    if given is not None:
        Entitlement.objects.filter(pk=given.pk).update(revoked_at=now)
    return given


def restore(entitlement: Entitlement, *, now: datetime) -> bool:
    """Give back what was taken away; False when its holder has got the listing anew meanwhile."""
    holder = {
        "listing": entitlement.listing_id,
        "user": entitlement.user_id,
        "organization": entitlement.organization_id,
    }
    if Entitlement.objects.active().filter(**holder).exists():
        return False
    Entitlement.objects.filter(pk=entitlement.pk).update(revoked_at=None)
    data = {"entitlement": entitlement.public_id}
    system = Actor.system().who
    subject = entitlement.subject
    record(Action.ENTITLEMENT_RESTORED, by=system, now=now, subject=subject, data=data)
    return True


def use(entitlement: Entitlement, *, now: datetime) -> bool:
    """Remember that it was used for the first time; False when it was taken back meanwhile."""
    if entitlement.first_used_at is not None:
        return True
    active = Entitlement.objects.active().filter(pk=entitlement.pk)
    if active.filter(first_used_at__isnull=True).update(first_used_at=now):
        return True
    return active.exists()


def holders(listing: Listing, *, at: datetime) -> QuerySet[User]:
    """Return the people who had a listing at a moment, in no order: themselves, or as members of an
    organization that had it, or that keeps it private.

    For whom they act now says nothing: each request of a token may name another organization.
    """
    held = Entitlement.objects.active().filter(listing=listing, granted_at__lte=at)
    theirs = Q(organization__in=held.values("organization"))
    if listing.is_private:
        theirs |= Q(organization=listing.vendor.organization_id)
    members = Membership.objects.filter(theirs, joined_at__lte=at)
    return User.objects.filter(
        Q(pk__in=held.values("user")) | Q(pk__in=members.values("user")), is_active=True
    )


def grant(
    listing: Listing, *, source: Source, by: Actor, now: datetime
) -> tuple[Entitlement, bool]:
    """Give a listing to the party an actor acts for; tell whether it is new.

    Two grants at once give one entitlement: the database lets one through.
    """
    user = by.require_user()
    holder = {"organization": by.organization} if by.organization else {"user": user}
    with transaction.atomic():
        try:
            with transaction.atomic():
                entitlement = Entitlement.objects.create(
                    listing=listing, source=source, granted_at=now, **holder
                )
        except IntegrityError:
            return Entitlement.objects.active().get(listing=listing, **holder), False
        data = {"listing": listing.public_id, "source": source.value}
        record(
            Action.ENTITLEMENT_GRANTED,
            by=by.who,
            now=now,
            subject=entitlement.subject,
            data=data,
        )
    return entitlement, True
