"""Find disputes whose events were lost: ask the provider for all it has, and how they ended."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from payments import settlement, stripe_port
from payments.errors import PaymentMismatch
from payments.models import Chargeback
from payments.stripe_port import ProviderError

log = logging.getLogger("mog.payments")

# Longer than any outage that nobody notices. There are few disputes, so all of them are looked at.
_LOOKED_BACK = timedelta(days=30)


@shared_task(name="payments.sweep_disputes")
def sweep() -> int:
    """Have every dispute looked at that is new here, or open; return how many."""
    found = unsettled(now=timezone.now())
    for dispute_id in found:
        look_task.delay(dispute_id)
    return len(found)


@shared_task(name="payments.look_at_dispute")
def look_task(dispute_id: str) -> None:
    """Look at one dispute."""
    look(dispute_id, now=timezone.now())


def unsettled(*, now: datetime) -> list[str]:
    """Return the provider's ids of disputes to look at: open ones, and those we do not know.

    A provider that is away costs the unknown ones an hour.
    """
    found = set(Chargeback.objects.open().values_list("provider_id", flat=True))
    try:
        listed = stripe_port.list_disputes(created_from=now - _LOOKED_BACK)
    except ProviderError as error:
        log.warning("disputes are listed later: %s", error)
        return sorted(found)
    ids = {dispute.id for dispute in listed}
    known = Chargeback.objects.filter(provider_id__in=ids).values_list("provider_id", flat=True)
    return sorted(found | (ids - set(known)))


def look(dispute_id: str, *, now: datetime) -> None:
    """Let what a dispute is about bear how it stands now; what does not fit is an error."""
    try:
        is_ours = settlement.settle("dispute", dispute_id, now=now)
    except ProviderError as error:
        log.warning("%s waits for the provider: %s", dispute_id, error)
    except PaymentMismatch:
        log.exception("%s does not fit its payment", dispute_id)
    else:
        if not is_ours:
            log.error("%s is about no payment of ours", dispute_id)
