"""Tell every buyer of a listing who sells it now."""

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import mail
from releases import telling
from releases.models import Handover
from releases.telling import Tidings


def tell_on_commit(handover: Handover) -> None:
    """Begin once the caller's transaction stands; the sweep is the net."""
    transaction.on_commit(lambda: tell.delay(handover.pk), robust=True)


@shared_task(name="releases.tell_of_handover")
def tell(pk: int) -> int:
    """Tell the next buyers, unless another worker does or all are told; return how many."""
    sides = ("transfer__listing", "transfer__from_vendor", "transfer__to_vendor")
    handover = Handover.objects.select_related(*sides).get(pk=pk)
    number, is_more = telling.tell_next(handover, _tidings(handover))
    if is_more:
        tell.delay(pk)
    return number


@shared_task(name="releases.sweep_handovers")
def sweep() -> int:
    """Go on where a message was lost, a worker killed or a mail server away."""
    keys = list(Handover.objects.untold(now=timezone.now()).values_list("pk", flat=True))
    for pk in keys:
        tell.delay(pk)
    return len(keys)


def _tidings(handover: Handover) -> Tidings:
    transfer = handover.transfer
    listing, giver, receiver = transfer.listing, transfer.from_vendor, transfer.to_vendor
    letter = mail.Letter(
        template="seller_changed",
        subject=f"{listing.name} has a new owner: {receiver.display_name}",
        facts={
            "name": listing.name,
            "title": listing.title,
            "giver": giver.display_name,
            "giver_slug": giver.slug,
            "receiver": receiver.display_name,
            "receiver_slug": receiver.slug,
            "is_verified": receiver.is_verified,
            "url": f"{settings.SITE_URL}/{listing.name}",
        },
    )
    return Tidings(key=transfer.public_id, listing=listing, at=handover.at, letter=letter)
