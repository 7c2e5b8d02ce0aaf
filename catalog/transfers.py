"""Offer a listing to another vendor, and what becomes of the offer.

The name stays: `vendor/slug` is in lockfiles, addresses and archives. What changes hands is who
sells it. To accept touches releases as well, so that is `releases.handovers`; the half of it that
is about the shelf is `hand_over`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mail, memberships, parties, row_limits
from accounts.actor import Actor
from accounts.errors import MissingScope
from accounts.models import Organization, Role, User
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from catalog import listings, vendors
from catalog.errors import (
    InvalidTransfer,
    NotTransferable,
    TransferEnded,
    TransferLimitReached,
    TransferOpen,
)
from catalog.models import (
    Listing,
    ListingState,
    ListingTransfer,
    TransferQuerySet,
    TransferState,
    Vendor,
    Visibility,
)

_DAY = timedelta(days=1)
_SWEEP_AT_ONCE = 200
_ACTIONS = {
    TransferState.OPEN: Action.TRANSFER_OFFERED,
    TransferState.ACCEPTED: Action.TRANSFER_ACCEPTED,
    TransferState.REJECTED: Action.TRANSFER_REJECTED,
    TransferState.CALLED_BACK: Action.TRANSFER_CALLED_BACK,
    TransferState.EXPIRED: Action.TRANSFER_EXPIRED,
}
_NOBODY = "Nobody sells under this name. Check its spelling."
# What the mails say of an offer, after the name of the package.
_SUBJECTS = {
    TransferState.OPEN: "is offered to you",
    TransferState.ACCEPTED: "has changed hands",
    TransferState.REJECTED: "was not taken",
    TransferState.CALLED_BACK: "is not offered to you any more",
    TransferState.EXPIRED: "was not taken in time",
}


def concerning(user: User) -> TransferQuerySet:
    """Return the offers from and to a person's vendors and those of their organizations."""
    return ListingTransfer.objects.between(Vendor.objects.of_person(user))


def require_say(vendor: Vendor, *, by: Actor) -> User:
    """Return the person who may give a vendor's listings away, and take others in for it.

    For whom they act at this moment is no matter: who is asked has a mail that leads here.
    Raises SignInRequired, StepUpRequired, MissingScope, Vendor.DoesNotExist and
    Organization.DoesNotExist for a stranger's, RoleRequired for whoever is only a member.
    """
    user = by.require_step_up()
    if Scope.SELL not in by.scopes:
        raise MissingScope(Scope.SELL)
    if vendor.organization is not None:
        memberships.require_role(vendor.organization, Role.ADMIN, by=by)
    elif vendor.user_id != user.pk:
        raise Vendor.DoesNotExist
    return user


def offer(listing: Listing, *, to: str, by: Actor, now: datetime) -> ListingTransfer:
    """Offer a listing to the vendor of a slug, for as long as `TRANSFER_OPEN_FOR` says.

    Raises what `require_say` does, InvalidTransfer, NotTransferable, TransferOpen and
    TransferLimitReached.
    """
    user = require_say(listing.vendor, by=by)
    receiver = _receiver(to, giver=listing.vendor)
    with transaction.atomic():
        _hold_party(receiver)
        # Offers of one vendor stand in line here, so that their number is exact.
        _, held = _held(listing.vendor_id, listing)
        held.require_same_seller(listing)
        require_transferable(held)
        _refuse_flood(held.vendor, now=now)
        for lapsed in held.transfers.with_sides().lapsed(now=now):
            _expire(lapsed, now=now)
        transfer = _opened(held, receiver, user=user, now=now)
        _record(transfer, by=by, now=now)
        _tell(transfer, [receiver], template="transfer_offered")
    return transfer


def call_back(transfer: ListingTransfer, *, by: Actor, now: datetime) -> None:
    """Take an offer back that nobody has answered. Raises what `reject` does."""
    _decide(transfer, TransferState.CALLED_BACK, transfer.from_vendor, by=by, now=now)


def reject(transfer: ListingTransfer, *, by: Actor, now: datetime) -> None:
    """Do not take what was offered. Raises what `require_say` does, and TransferEnded."""
    _decide(transfer, TransferState.REJECTED, transfer.to_vendor, by=by, now=now)


def end_all_of(organization: Organization, *, by: Actor, now: datetime) -> None:
    """Leave what is offered to an organization and call back what it offers; the others are told.

    Inside the transaction that deletes it, which has asked who decides and holds its shelf.
    """
    own = Vendor.objects.filter(organization=organization)
    for transfer in ListingTransfer.objects.between(own).standing(now=now).with_sides():
        is_giver = transfer.from_vendor.organization_id == organization.pk
        state = TransferState.CALLED_BACK if is_giver else TransferState.REJECTED
        if transfer.end(state, by=by.require_user(), now=now):
            _record(transfer, by=by, now=now)
            other = transfer.to_vendor if is_giver else transfer.from_vendor
            _tell(transfer, [other], template="transfer_decided")


def hand_over(transfer: ListingTransfer, *, by: Actor, now: datetime) -> Listing:
    """Let the receiver sell what was offered, from now on, inside the caller's transaction.

    Everything is judged anew under the listing's lock. Raises what `require_say` does,
    TransferEnded and NotTransferable.
    """
    # Held, so that nobody gives or takes its badge meanwhile, or deletes who is behind it.
    receiver, listing = _held(transfer.to_vendor_id, transfer.listing)
    user = require_say(transfer.to_vendor, by=by)
    _end(transfer, TransferState.ACCEPTED, user=user, now=now)
    if listing.vendor_id != transfer.from_vendor_id:
        raise NotTransferable("another_seller")
    require_transferable(listing)
    deciders = parties.deciders_of(transfer.from_vendor.party)
    if not deciders.filter(pk=transfer.offered_by_id).exists():
        raise NotTransferable("offerer_left")
    listings.change_seller(listing, receiver)
    _record(transfer, by=by, now=now)
    _tell(transfer, [transfer.from_vendor, transfer.to_vendor], template="transfer_decided")
    return listing


def require_transferable(listing: Listing) -> None:
    """Raise NotTransferable for what is not on the shelf, and for what stays among members.

    What staff has hidden or stopped cannot be passed on meanwhile, and whoever installs a private
    package does so as a member: it would be taken from all of them.
    """
    if listing.visibility == Visibility.PRIVATE:
        raise NotTransferable("private")
    if listing.state != ListingState.LIVE:
        raise NotTransferable("not_on_shelf")


@shared_task(name="catalog.expire_transfers")
def expire_lapsed() -> int:
    """Write down which offers have lapsed, and tell both sides; return how many."""
    now = timezone.now()
    lapsed = ListingTransfer.objects.lapsed(now=now).order_by("expires_at")
    keys = list(lapsed.values_list("pk", flat=True)[:_SWEEP_AT_ONCE])
    return sum(_expire_one(pk, now=now) for pk in keys)


@transaction.atomic
def _expire_one(pk: int, *, now: datetime) -> bool:
    return _expire(ListingTransfer.objects.with_sides().get(pk=pk), now=now)


def _expire(transfer: ListingTransfer, *, now: datetime) -> bool:
    """End an offer whose time is over; False when it was answered meanwhile."""
    if not transfer.end(TransferState.EXPIRED, by=None, now=now):
        return False
    _record(transfer, by=Actor.system(), now=now)
    _tell(transfer, [transfer.from_vendor, transfer.to_vendor], template="transfer_decided")
    return True


def _held(vendor_pk: int, listing: Listing) -> tuple[Vendor, Listing]:
    """Return a vendor and a listing as they are now, held until the transaction ends.

    In this order everywhere, so that nobody waits in a circle; and each by itself, because
    PostgreSQL does not join a row anew whose vendor has changed while it waited for it.
    """
    vendor = Vendor.objects.select_for_update(no_key=True).get(pk=vendor_pk)
    return vendor, Listing.objects.select_for_update().get(pk=listing.pk)


def _receiver(slug: str, *, giver: Vendor) -> Vendor:
    receiver = Vendor.objects.select_related("user", "organization").filter(slug=slug).first()
    if receiver is None or not vendors.is_active(receiver):
        raise InvalidTransfer("to", _NOBODY)
    if receiver == giver:
        raise InvalidTransfer("to", "This vendor sells it already.")
    return receiver


def _hold_party(receiver: Vendor) -> None:
    """Let nobody delete the organization behind a vendor that is being offered something.

    Before any vendor or listing, as whoever deletes it does. Raises InvalidTransfer.
    """
    try:
        if receiver.organization is not None:
            receiver.organization.lock_live()
    except Organization.DoesNotExist as error:
        raise InvalidTransfer("to", _NOBODY) from error


def _opened(listing: Listing, receiver: Vendor, *, user: User, now: datetime) -> ListingTransfer:
    try:
        with transaction.atomic():
            return ListingTransfer.objects.create(
                listing=listing,
                from_vendor=listing.vendor,
                to_vendor=receiver,
                offered_by=user,
                offered_at=now,
                expires_at=now + settings.TRANSFER_OPEN_FOR,
            )
    except IntegrityError as error:
        raise TransferOpen from error


def _refuse_flood(vendor: Vendor, *, now: datetime) -> None:
    """Hold a vendor to its offers of a day: each of them is mail to somebody else."""
    offers, most = vendor.transfers_out.all(), settings.TRANSFERS_A_DAY
    wait = row_limits.wait_for(offers, "offered_at", most=most, window=_DAY, now=now)
    if wait is not None:
        raise TransferLimitReached(wait)


def _decide(
    transfer: ListingTransfer, state: TransferState, vendor: Vendor, *, by: Actor, now: datetime
) -> None:
    """Let one side end an offer, and tell the other."""
    user = require_say(vendor, by=by)
    sides = {transfer.from_vendor, transfer.to_vendor}
    with transaction.atomic():
        _end(transfer, state, user=user, now=now)
        _record(transfer, by=by, now=now)
        _tell(transfer, sides - {vendor}, template="transfer_decided")


def _end(transfer: ListingTransfer, state: TransferState, *, user: User, now: datetime) -> None:
    standing = transfer.state_at(now)
    if standing == TransferState.OPEN and transfer.end(state, by=user, now=now):
        return
    transfer.refresh_from_db(fields=["state"])
    raise TransferEnded(transfer.state_at(now))


def _record(transfer: ListingTransfer, *, by: Actor, now: datetime) -> None:
    data = {
        "listing": transfer.listing.public_id,
        "from": transfer.from_vendor.public_id,
        "to": transfer.to_vendor.public_id,
    }
    action = _ACTIONS[TransferState(transfer.state)]
    record(action, by=by.who, now=now, subject=transfer.subject, data=data)


def _tell(transfer: ListingTransfer, sides: Iterable[Vendor], *, template: str) -> None:
    state = TransferState(transfer.state)
    letter = mail.Letter(
        template=template,
        subject=f"{transfer.listing.name} {_SUBJECTS[state]}",
        facts={
            "name": transfer.listing.name,
            "title": transfer.listing.title,
            "giver": transfer.from_vendor.slug,
            "receiver": transfer.to_vendor.slug,
            "state": state.value,
            "expires_at": f"{transfer.expires_at:%Y-%m-%d %H:%M} UTC",
            "url": f"{settings.SITE_URL}{reverse('transfers')}",
        },
    )
    for side in sides:
        parties.tell(side.party, letter)
