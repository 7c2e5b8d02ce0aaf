"""What the refusals of `payments` become."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework.serializers import DateTimeField

from mog_site.errors.rules import INVALID_FIELD, NOT_FOUND, Rule, Table
from payments import approval_mail
from payments import errors as payments_errors


def _top_up_url() -> dict[str, str]:
    """Return where a wallet is filled."""
    return {"topUpUrl": f"{settings.SITE_URL}{reverse('wallet-top-up')}"}


def _blocked_delivery(error: payments_errors.DeliveryBlocked) -> dict[str, object]:
    told: dict[str, object] = {
        "listing": error.listing,
        "version": error.version,
        "reasons": list(error.reasons),
    }
    if error.old_enough_at is not None:
        told["oldEnoughAt"] = error.old_enough_at.isoformat()
    if error.policy_id:
        told["policyUrl"] = f"{settings.SITE_URL}{reverse('policy', args=[error.policy_id])}"
    return told


def _question(error: payments_errors.ApprovalRequired) -> dict[str, Any]:
    """Return what a person is asked, and where."""
    reasons = {"reasons": list(error.reasons)}
    if error.expires_at is None:  # nobody could be asked
        return reasons
    return reasons | {
        "approvalId": error.approval_id,
        "approvalUrl": approval_mail.url_of(error.approval_id),
        "expiresAt": DateTimeField().to_representation(error.expires_at),
    }


RULES: Table = {
    payments_errors.PaymentUnavailable: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "payment_unavailable",
        "This site takes no payments, so only what is free can be had here.",
        details=lambda error: {"priceCents": error.price_cents},
    ),
    payments_errors.NothingToPay: Rule(
        HTTPStatus.CONFLICT, "nothing_to_pay", "There is nothing to pay: it is free, or yours."
    ),
    payments_errors.OrderNotPending: Rule(
        HTTPStatus.CONFLICT,
        "order_not_pending",
        "This order was paid or has ended, so it cannot be called off. `details.state` says how.",
        details=lambda error: {"state": error.state},
    ),
    payments_errors.NotOffered: Rule(
        HTTPStatus.CONFLICT,
        "not_offered",
        "This listing takes no new buyers. Who has it may still install it.",
    ),
    payments_errors.SellerChanged: Rule(
        HTTPStatus.CONFLICT,
        "seller_changed",
        "It has another seller by now. Nothing was paid; look at who sells it, then ask again if"
        " you agree.",
    ),
    payments_errors.PriceAboveLimit: Rule(
        HTTPStatus.CONFLICT,
        "price_changed",
        "It costs more than `maxPriceCents`. Look at `details.priceCents`, then ask again if you"
        " agree.",
        details=lambda error: {
            "priceCents": error.price_cents,
            "maxPriceCents": error.limit_cents,
        },
    ),
    payments_errors.OwnListing: Rule(
        HTTPStatus.CONFLICT,
        "own_listing",
        "You sell this listing yourself, so there is nothing to buy. You can install it as it is.",
    ),
    payments_errors.PolicyRefused: Rule(
        HTTPStatus.FORBIDDEN,
        "policy_blocked",
        "The token's spend policy forbids this purchase. `details.reasons` says why; its owner can"
        " change the policy.",
        details=lambda error: {"reasons": list(error.reasons)},
    ),
    payments_errors.ApprovalRequired: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "approval_required",
        "A spend policy leaves this purchase to a person. `reasons` says why: let its owner open"
        " `approvalUrl`, then repeat the request.",
        extras=_question,
    ),
    payments_errors.ApprovalDenied: Rule(
        HTTPStatus.FORBIDDEN,
        "approval_denied",
        "A person was asked and has denied this purchase. Ask them, or look for something else.",
        details=lambda error: {"reasons": list(error.reasons)},
    ),
    payments_errors.DeliveryBlocked: Rule(
        HTTPStatus.FORBIDDEN,
        "policy_blocked",
        "The token's spend policy does not let it have this version. `details.reasons` says why;"
        " its owner can change the policy.",
        details=_blocked_delivery,
    ),
    payments_errors.ApprovalClosed: Rule(
        HTTPStatus.CONFLICT,
        "approval_closed",
        "This was decided already, or is over. `details.state` says how it stands.",
        details=lambda error: {"state": error.state},
    ),
    payments_errors.QuoteOver: Rule(
        HTTPStatus.CONFLICT,
        "quote_over",
        "This quote was used, its ten minutes are over, or the listing has another seller by now."
        " Ask for a new one.",
    ),
    payments_errors.IdempotencyKeyMissing: Rule(
        HTTPStatus.BAD_REQUEST,
        "idempotency_key_missing",
        "This moves money: send an `Idempotency-Key`, such as a UUID, and the same one when you"
        " repeat it.",
    ),
    payments_errors.InvalidIdempotencyKey: Rule(
        HTTPStatus.BAD_REQUEST,
        "invalid_idempotency_key",
        "Send an `Idempotency-Key` of 1 to 255 visible ASCII characters, such as a UUID.",
    ),
    payments_errors.IdempotencyKeyReused: Rule(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This `Idempotency-Key` was used for another request. Take a new one for each request.",
    ),
    payments_errors.IdempotencyKeyInUse: Rule(
        HTTPStatus.CONFLICT,
        "idempotency_key_in_use",
        "A request under this `Idempotency-Key` is being worked on. Wait as `Retry-After` says,"
        " then repeat it.",
        headers=lambda _: {"Retry-After": "1"},
    ),
    payments_errors.Overdraft: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "insufficient_funds",
        "The wallet holds too little. Top it up by what is missing, then repeat the request.",
        details=lambda error: {"shortfallCents": error.missing_cents, **_top_up_url()},
    ),
    payments_errors.AccountFrozen: Rule(
        HTTPStatus.FORBIDDEN,
        "wallet_frozen",
        "This wallet is frozen. Its page says why, and what you can do about it.",
        details=lambda _: {"walletUrl": f"{settings.SITE_URL}{reverse('wallet')}"},
    ),
    payments_errors.AlreadyPosted: Rule(
        HTTPStatus.CONFLICT,
        "already_done",
        "This has been done already. Look at its state before you repeat it.",
    ),
    payments_errors.InvalidTopUp: INVALID_FIELD,
    payments_errors.NoSavedCard: Rule(
        HTTPStatus.CONFLICT,
        "no_saved_card",
        "A wallet that fills itself needs a saved card. Save one first.",
    ),
    payments_errors.CardNotFound: NOT_FOUND,
    payments_errors.PaymentMismatch: Rule(
        HTTPStatus.CONFLICT,
        "payment_mismatch",
        "The payment does not fit what it should pay for. Write to support.",
    ),
    payments_errors.EventBusy: Rule(
        HTTPStatus.CONFLICT,
        "event_busy",
        "This event is being applied at this moment. Look at it again.",
    ),
    payments_errors.InvalidCountry: INVALID_FIELD,
    payments_errors.InvalidRefund: INVALID_FIELD,
    payments_errors.NotRefundable: Rule(
        HTTPStatus.CONFLICT,
        "not_refundable",
        "This order cannot be taken back by yourself; `details.reason` says why. Write to support.",
        details=lambda error: {"reason": error.reason},
    ),
    payments_errors.CardRefundMoved: Rule(
        HTTPStatus.CONFLICT,
        "card_refund_moved",
        "This refund was not refused, or somebody else has dealt with it. Look at it again.",
    ),
    payments_errors.InvalidFreeze: INVALID_FIELD,
    payments_errors.WalletContested: Rule(
        HTTPStatus.CONFLICT,
        "wallet_contested",
        "A dispute about this wallet is open, so it stays frozen until the bank has decided.",
    ),
    payments_errors.PayoutMoved: Rule(
        HTTPStatus.CONFLICT,
        "payout_moved",
        "This payout has not failed, or somebody else has dealt with it. Look at it again.",
    ),
}
