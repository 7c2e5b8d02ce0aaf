"""Sellers' accounts at the provider, and money to them and back."""

from collections.abc import Mapping

from stripe.params import (
    AccountCreateParams,
    AccountLinkCreateParams,
    TransferCreateParams,
    TransferListParams,
    TransferReversalCreateParams,
)

from payments.stripe_port.border import PAGE_SIZE, provider_call
from payments.stripe_port.values import AccountLink, ConnectAccount, Transfer, TransferReversal


def create_account(
    *, email: str, country: str, metadata: Mapping[str, str], key: str
) -> ConnectAccount:
    """Open a seller's account.

    What `type=express` used to mean (docs.stripe.com/connect/migrate-to-controller-properties):
    the provider asks who they are and shows them their payouts, we answer for losses and fees.
    """
    params: AccountCreateParams = {
        "country": country,
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": dict(metadata),
    }
    if email:
        params["email"] = email
    with provider_call() as client:
        return ConnectAccount.of(client.v1.accounts.create(params, {"idempotency_key": key}))


def create_account_link(account_id: str, *, return_url: str, refresh_url: str) -> AccountLink:
    """Return a link for one visit; `refresh_url` gets whoever comes with a spent one."""
    params: AccountLinkCreateParams = {
        "account": account_id,
        "type": "account_onboarding",
        "return_url": return_url,
        "refresh_url": refresh_url,
    }
    with provider_call() as client:
        return AccountLink.of(client.v1.account_links.create(params))


def retrieve_account(account_id: str) -> ConnectAccount:
    """Return a seller's account as it stands now."""
    with provider_call() as client:
        return ConnectAccount.of(client.v1.accounts.retrieve(account_id))


def create_transfer(
    *,
    account_id: str,
    amount_cents: int,
    currency: str,
    transfer_group: str,
    metadata: Mapping[str, str],
    key: str,
) -> Transfer:
    """Send money of ours to a seller's account.

    Raises ProviderRefused: `balance_insufficient` passes with time, an account that cannot receive
    does not.
    """
    params: TransferCreateParams = {
        "amount": amount_cents,
        "currency": currency.lower(),
        "destination": account_id,
        "transfer_group": transfer_group,
        "metadata": dict(metadata),
    }
    with provider_call() as client:
        return Transfer.of(client.v1.transfers.create(params, {"idempotency_key": key}))


def retrieve_transfer(transfer_id: str) -> Transfer:
    """Return a transfer as it stands now."""
    with provider_call() as client:
        return Transfer.of(client.v1.transfers.retrieve(transfer_id))


def list_transfers(transfer_group: str) -> tuple[Transfer, ...]:
    """Return what was sent under one group, newest first: what an unknown outcome is found by."""
    params: TransferListParams = {"transfer_group": transfer_group, "limit": PAGE_SIZE}
    with provider_call() as client:
        listed = client.v1.transfers.list(params)
        return tuple(Transfer.of(raw) for raw in listed.auto_paging_iter())


def reverse_transfer(
    transfer_id: str, *, amount_cents: int, metadata: Mapping[str, str], key: str
) -> TransferReversal:
    """Take money back from a seller's account."""
    params: TransferReversalCreateParams = {
        "amount": amount_cents,
        "metadata": dict(metadata),
    }
    with provider_call() as client:
        raw = client.v1.transfers.reversals.create(transfer_id, params, {"idempotency_key": key})
        return TransferReversal.of(raw)
