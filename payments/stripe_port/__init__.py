"""The payment provider (Stripe): the only room that knows its library.

Call as `stripe_port.create_intent(...)`. Amounts are cents, currencies upper case. `key` is the
idempotency key, "{our row's public id}:{attempt}": whoever repeats a call after a crash, or after
OutcomeUnknown, must repeat the key. Errors are drawn in `payments.stripe_port.errors`.
"""

from payments.stripe_port.connect import (
    create_account,
    create_account_link,
    create_transfer,
    list_transfers,
    retrieve_account,
    retrieve_transfer,
    reverse_transfer,
)
from payments.stripe_port.customers import (
    create_customer,
    create_setup_intent,
    detach_payment_method,
    list_payment_methods,
    retrieve_payment_method,
    retrieve_setup_intent,
)
from payments.stripe_port.errors import (
    AuthenticationRequired,
    CalledInTransaction,
    OutcomeUnknown,
    ProviderBusy,
    ProviderDeclined,
    ProviderError,
    ProviderNotConfigured,
    ProviderRefused,
    WebhookRefused,
)
from payments.stripe_port.intents import (
    Charge,
    cancel_intent,
    charge_saved_method,
    create_intent,
    list_intents,
    retrieve_intent,
)
from payments.stripe_port.refunds import (
    create_refund,
    list_disputes,
    list_refunds,
    retrieve_dispute,
    retrieve_refund,
)
from payments.stripe_port.values import (
    AccountLink,
    ConnectAccount,
    Customer,
    Event,
    Intent,
    PaymentMethod,
    ProviderDispute,
    ProviderRefund,
    SetupIntent,
    Transfer,
    TransferReversal,
)
from payments.stripe_port.webhooks import verify

__all__ = [
    "AccountLink",
    "AuthenticationRequired",
    "CalledInTransaction",
    "Charge",
    "ConnectAccount",
    "Customer",
    "Event",
    "Intent",
    "OutcomeUnknown",
    "PaymentMethod",
    "ProviderBusy",
    "ProviderDeclined",
    "ProviderDispute",
    "ProviderError",
    "ProviderNotConfigured",
    "ProviderRefund",
    "ProviderRefused",
    "SetupIntent",
    "Transfer",
    "TransferReversal",
    "WebhookRefused",
    "cancel_intent",
    "charge_saved_method",
    "create_account",
    "create_account_link",
    "create_customer",
    "create_intent",
    "create_refund",
    "create_setup_intent",
    "create_transfer",
    "detach_payment_method",
    "list_disputes",
    "list_intents",
    "list_payment_methods",
    "list_refunds",
    "list_transfers",
    "retrieve_account",
    "retrieve_dispute",
    "retrieve_intent",
    "retrieve_payment_method",
    "retrieve_refund",
    "retrieve_setup_intent",
    "retrieve_transfer",
    "reverse_transfer",
    "verify",
]
