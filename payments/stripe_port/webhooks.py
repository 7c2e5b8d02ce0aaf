"""Which messages are the provider's own."""

import json

import stripe

from payments.stripe_port.border import required
from payments.stripe_port.errors import WebhookRefused
from payments.stripe_port.values import Event

# Older ones may be replays (docs.stripe.com/webhooks#replay-attacks).
_TOLERANCE_SECONDS = 300


def verify(body: bytes, signature: str) -> Event:
    """Return the event of a request's raw body and Stripe-Signature header.

    Raises WebhookRefused, and ProviderNotConfigured without a secret.
    """
    secret = required("STRIPE_WEBHOOK_SECRET")
    try:
        text = body.decode()
        stripe.WebhookSignature.verify_header(text, signature, secret, _TOLERANCE_SECONDS)
        return Event.of(json.loads(text))
    except stripe.SignatureVerificationError as error:
        said = error.user_message or "signature"
        # The library has one error for both; only a genuine signature gets as far as its age.
        reason = "too_old" if "tolerance" in said else "signature"
        raise WebhookRefused(said, reason=reason) from error
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise WebhookRefused("the body is no event", reason="no_event") from error
