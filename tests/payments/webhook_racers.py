"""What everybody does at once who hears that a top-up is paid (`tests.racing`)."""

from django.test import Client
from django.utils import timezone

from payments import dispute_sweep, reconciliation, settlement, webhook_inbox
from payments.models import Chargeback, ProviderEvent, TopUp
from tests.payments.provider_events import PATH


def deliver(number: int, body: str, signature: str) -> str:
    """Bring the event to the site, apply it, and reconcile as well; return the answer's status."""
    answer = Client().post(
        PATH, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    webhook_inbox.apply_event(ProviderEvent.objects.get().pk)
    if number % 4 == 0:
        top_up = TopUp.objects.get()
        reconciliation.reconcile("top", top_up.pk, now=max(top_up.check_at, timezone.now()))
    return str(answer.status_code)


def hear_of_dispute(number: int, dispute_id: str) -> str:
    """Hear of a dispute: by an event each of its own, or by the sweep; return how it stands."""
    dispute_sweep.look(dispute_id, now=timezone.now())
    if number % 2:
        settlement.settle("dispute", dispute_id, now=timezone.now())
    return str(Chargeback.objects.get(provider_id=dispute_id).state)
