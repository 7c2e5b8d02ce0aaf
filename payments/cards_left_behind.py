"""Saved cards of an organization that is deleted: removed at the provider, which keeps them.

Asked for when the deletion is committed, and again every hour for a week: the provider may have
been away, and whoever had begun to save a card before may complete it after.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Organization
from payments import payment_methods, stripe_port
from payments.models import Payer
from payments.stripe_port import ProviderError

log = logging.getLogger("mog.payments")

_LOOKED_FOR = timedelta(days=7)


def remove_of(organization: Organization) -> None:
    """Have an organization's cards removed once the transaction that deletes it is committed."""
    payer = Payer.objects.filter(organization=organization).first()
    if payer is not None:
        transaction.on_commit(lambda: remove.delay(payer.pk), robust=True)


@shared_task(name="payments.remove_cards_left_behind")
def remove(pk: int) -> None:
    """Remove every card of one payer whose organization is deleted."""
    payer = Payer.objects.filter(organization__deleted_at__isnull=False).get(pk=pk)
    if not payer.customer_id:
        return
    try:
        for method in stripe_port.list_payment_methods(payer.customer_id):
            payment_methods.forget(payer, method.id, by=Actor.system(), now=timezone.now())
    except ProviderError as error:
        log.warning("The cards of %s are removed later: %s", payer.public_id, error)


@shared_task(name="payments.sweep_cards_left_behind")
def sweep() -> int:
    """Look again at organizations that were deleted lately; return at how many."""
    since = timezone.now() - _LOOKED_FOR
    left = Payer.objects.filter(organization__deleted_at__gt=since, customer_id__isnull=False)
    keys = list(left.values_list("pk", flat=True))
    for pk in keys:
        remove.delay(pk)
    return len(keys)
