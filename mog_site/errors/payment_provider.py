"""What the payment provider's answers become."""

from http import HTTPStatus

from mog_site.errors.rules import Rule, Table
from payments.stripe_port import errors as provider_errors

# Seconds; the provider's own library has waited for three attempts before.
_RETRY_SOON = {"Retry-After": "5"}

RULES: Table = {
    provider_errors.ProviderNotConfigured: Rule(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "payments_off",
        "This site takes no payments. Choose what is free.",
    ),
    provider_errors.ProviderDeclined: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "card_declined",
        "The card was declined, and nothing was taken. Use another card, or ask your bank.",
        details=lambda error: {"declineCode": error.code},
    ),
    provider_errors.AuthenticationRequired: Rule(
        HTTPStatus.PAYMENT_REQUIRED,
        "authentication_required",
        "The bank asks the owner of the card to confirm. Pay in the browser.",
    ),
    provider_errors.ProviderRefused: Rule(
        HTTPStatus.CONFLICT,
        "refused_by_provider",
        "The payment provider refuses this, and repeating it cannot help. Look at how it stands.",
    ),
    provider_errors.ProviderBusy: Rule(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "provider_busy",
        "The payment provider does not answer, and nothing was taken. Wait as `Retry-After` says,"
        " then repeat the request under the same `Idempotency-Key`.",
        headers=lambda _: _RETRY_SOON,
    ),
    provider_errors.OutcomeUnknown: Rule(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "outcome_unknown",
        "The payment provider has not said whether it has done this. Wait as `Retry-After` says,"
        " then repeat the request under the same `Idempotency-Key`: nothing is taken twice.",
        headers=lambda _: _RETRY_SOON,
    ),
    provider_errors.WebhookRefused: Rule(
        HTTPStatus.BAD_REQUEST,
        "webhook_refused",
        "This is no event of the payment provider, was altered, or is too old.",
    ),
}
