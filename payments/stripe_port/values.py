"""What the provider knows, as values of ours: cents, upper-case currencies, aware moments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, Self

import stripe


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A payment on its way.

    `status` is one of requires_payment_method, requires_confirmation, requires_action, processing,
    succeeded, canceled (docs.stripe.com/payments/paymentintents/lifecycle).
    """

    id: str
    status: str
    amount_cents: int
    received_cents: int
    currency: str
    client_secret: str
    customer_id: str | None
    payment_method_id: str | None
    charge_id: str | None
    transfer_group: str | None
    failure_code: str | None
    metadata: Mapping[str, str]
    created_at: datetime

    @classmethod
    def of(cls, raw: stripe.PaymentIntent) -> Self:
        """Read an intent as the provider writes it."""
        failure = raw.last_payment_error
        return cls(
            id=raw.id,
            status=raw.status,
            amount_cents=raw.amount,
            received_cents=raw.amount_received,
            currency=raw.currency.upper(),
            client_secret=raw.client_secret or "",
            customer_id=_id(raw.customer),
            payment_method_id=_id(raw.payment_method),
            charge_id=_id(raw.latest_charge),
            transfer_group=raw.transfer_group,
            failure_code=_failure_code(failure),
            metadata=_metadata(raw.metadata),
            created_at=_moment(raw.created),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A payer as the provider knows them."""

    id: str
    email: str | None
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, raw: stripe.Customer) -> Self:
        """Read a customer as the provider writes it."""
        return cls(id=raw.id, email=raw.email, metadata=_metadata(raw.metadata))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """A saved card: what may be shown of it."""

    id: str
    customer_id: str | None
    brand: str
    last4: str
    expires_month: int
    expires_year: int

    @classmethod
    def of(cls, raw: stripe.PaymentMethod) -> Self:
        """Read a card as the provider writes it."""
        card = raw.card
        assert card is not None  # we ask for cards only
        return cls(
            id=raw.id,
            customer_id=_id(raw.customer),
            brand=card.brand,
            last4=card.last4 or "",
            expires_month=card.exp_month,
            expires_year=card.exp_year,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupIntent:
    """A card on its way to being saved; `status` as that of `Intent`, without amounts."""

    id: str
    status: str
    client_secret: str
    customer_id: str | None
    payment_method_id: str | None
    failure_code: str | None
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, raw: stripe.SetupIntent) -> Self:
        """Read a setup intent as the provider writes it."""
        return cls(
            id=raw.id,
            status=raw.status,
            client_secret=raw.client_secret or "",
            customer_id=_id(raw.customer),
            payment_method_id=_id(raw.payment_method),
            failure_code=_failure_code(raw.last_setup_error),
            metadata=_metadata(raw.metadata),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRefund:
    """Money on its way back; `status` is pending, requires_action, succeeded, failed, canceled."""

    id: str
    status: str
    amount_cents: int
    currency: str
    intent_id: str | None
    charge_id: str | None
    failure_reason: str | None
    metadata: Mapping[str, str]
    created_at: datetime

    @classmethod
    def of(cls, raw: stripe.Refund) -> Self:
        """Read a refund as the provider writes it."""
        return cls(
            id=raw.id,
            status=raw.status or "pending",
            amount_cents=raw.amount,
            currency=raw.currency.upper(),
            intent_id=_id(raw.payment_intent),
            charge_id=_id(raw.charge),
            failure_reason=raw.failure_reason if "failure_reason" in raw else None,
            metadata=_metadata(raw.metadata),
            created_at=_moment(raw.created),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDispute:
    """A charge that its payer contests.

    `status` is needs_response, under_review, won or lost once the money is taken back; `warning_`
    with needs_response, under_review or closed while the bank only asks; appeal_needs_response and
    appeal_under_review after a loss; or prevented (docs.stripe.com/api/disputes/object).
    """

    id: str
    status: str
    amount_cents: int
    currency: str
    reason: str
    intent_id: str | None
    charge_id: str | None
    evidence_due_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, raw: stripe.Dispute) -> Self:
        """Read a dispute as the provider writes it."""
        due = raw.evidence_details.due_by
        return cls(
            id=raw.id,
            status=raw.status,
            amount_cents=raw.amount,
            currency=raw.currency.upper(),
            reason=raw.reason,
            intent_id=_id(raw.payment_intent),
            charge_id=_id(raw.charge),
            evidence_due_at=_moment(due) if due else None,
            created_at=_moment(raw.created),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectAccount:
    """A seller's account at the provider, and what still keeps money from it."""

    id: str
    email: str | None
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    # Whether we may transfer money to it.
    can_receive: bool
    currently_due: tuple[str, ...]
    disabled_reason: str | None
    metadata: Mapping[str, str]

    @classmethod
    def of(cls, raw: stripe.Account) -> Self:
        """Read an account as the provider writes it."""
        needs, powers = raw.requirements, raw.capabilities
        return cls(
            id=raw.id,
            email=raw.email,
            details_submitted=bool(raw.details_submitted),
            charges_enabled=bool(raw.charges_enabled),
            payouts_enabled=bool(raw.payouts_enabled),
            can_receive=bool(powers and "transfers" in powers and powers.transfers == "active"),
            currently_due=tuple(needs.currently_due or ()) if needs else (),
            disabled_reason=needs.disabled_reason if needs else None,
            metadata=_metadata(raw.metadata),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """Where a seller tells the provider who they are; works once, until `expires_at`."""

    url: str
    expires_at: datetime

    @classmethod
    def of(cls, raw: stripe.AccountLink) -> Self:
        """Read a link as the provider writes it."""
        return cls(url=raw.url, expires_at=_moment(raw.expires_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money of ours that went to a seller's account."""

    id: str
    amount_cents: int
    reversed_cents: int
    currency: str
    account_id: str | None
    transfer_group: str | None
    metadata: Mapping[str, str]
    created_at: datetime

    @classmethod
    def of(cls, raw: stripe.Transfer) -> Self:
        """Read a transfer as the provider writes it."""
        return cls(
            id=raw.id,
            amount_cents=raw.amount,
            reversed_cents=raw.amount_reversed,
            currency=raw.currency.upper(),
            account_id=_id(raw.destination),
            transfer_group=raw.transfer_group,
            metadata=_metadata(raw.metadata),
            created_at=_moment(raw.created),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReversal:
    """Money that came back from a seller's account."""

    id: str
    transfer_id: str
    amount_cents: int

    @classmethod
    def of(cls, raw: stripe.TransferReversal) -> Self:
        """Read a reversal as the provider writes it."""
        return cls(id=raw.id, transfer_id=_id(raw.transfer) or "", amount_cents=raw.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at the provider, in its own words: `payload` is the whole event.

    `object_kind` and `object_id` name what it is about, such as payment_intent and pi_...;
    `account_id` is set when that belongs to a seller's account.
    """

    id: str
    type: str
    created_at: datetime
    object_kind: str
    object_id: str
    account_id: str | None
    payload: Mapping[str, Any]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """Read an event from JSON; raises KeyError, TypeError or ValueError when it is none."""
        subject = payload["data"]["object"]
        return cls(
            id=_text(payload["id"]),
            type=_text(payload["type"]),
            created_at=_moment(payload["created"]),
            object_kind=_text(subject["object"]),
            object_id=_text(subject.get("id", "")),
            account_id=_text(payload.get("account") or "") or None,
            payload=payload,
        )


def _id(field: str | _HasId | None) -> str | None:
    return field if field is None or isinstance(field, str) else field.id


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _metadata(raw: stripe.StripeObject | None) -> Mapping[str, str]:
    return raw.to_dict() if raw is not None else {}


def _failure_code(raw: stripe.StripeObject | None) -> str | None:
    if raw is None:
        return None
    known: Mapping[str, str | None] = raw.to_dict()
    return known.get("decline_code") or known.get("code")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
