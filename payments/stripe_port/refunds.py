"""Money back to a card: because we say so (refunds) or because its owner does (disputes)."""

from collections.abc import Mapping
from datetime import datetime

from stripe.params import DisputeListParams, RefundCreateParams, RefundListParams

from payments.stripe_port.border import PAGE_SIZE, provider_call
from payments.stripe_port.values import ProviderDispute, ProviderRefund


def create_refund(
    intent_id: str, *, amount_cents: int, metadata: Mapping[str, str], key: str
) -> ProviderRefund:
    """Pay back some of a payment; raises ProviderRefused when less of it is left."""
    params: RefundCreateParams = {
        "payment_intent": intent_id,
        "amount": amount_cents,
        "metadata": dict(metadata),
    }
    with provider_call() as client:
        return ProviderRefund.of(client.v1.refunds.create(params, {"idempotency_key": key}))


def retrieve_refund(refund_id: str) -> ProviderRefund:
    """Return a refund as it stands now."""
    with provider_call() as client:
        return ProviderRefund.of(client.v1.refunds.retrieve(refund_id))


def list_refunds(intent_id: str) -> tuple[ProviderRefund, ...]:
    """Return the refunds of a payment, newest first."""
    params: RefundListParams = {"payment_intent": intent_id, "limit": PAGE_SIZE}
    with provider_call() as client:
        listed = client.v1.refunds.list(params)
        return tuple(ProviderRefund.of(raw) for raw in listed.auto_paging_iter())


def retrieve_dispute(dispute_id: str) -> ProviderDispute:
    """Return a dispute as it stands now."""
    with provider_call() as client:
        return ProviderDispute.of(client.v1.disputes.retrieve(dispute_id))


def list_disputes(
    intent_id: str | None = None, *, created_from: datetime | None = None
) -> tuple[ProviderDispute, ...]:
    """Return the disputes of a payment, or of all, newest first."""
    params: DisputeListParams = {"limit": PAGE_SIZE}
    if intent_id:
        params["payment_intent"] = intent_id
    if created_from:
        params["created"] = {"gte": int(created_from.timestamp())}
    with provider_call() as client:
        listed = client.v1.disputes.list(params)
        return tuple(ProviderDispute.of(raw) for raw in listed.auto_paging_iter())
