"""What a call to the payment provider can end with, other than an answer.

ProviderError
├── ProviderNotConfigured    this site has no keys
├── ProviderDeclined         the card was refused; another card may do
├── AuthenticationRequired   the card's owner must confirm at the provider
├── ProviderRefused          the request is wrong for good; repeating it cannot help
├── ProviderBusy             nothing is known to have happened; the same key may be sent again later
├── OutcomeUnknown           it was sent and nobody answered; only the same key may be sent again
└── WebhookRefused           not the provider's, altered or too old
CalledInTransaction          a mistake of ours, found before anything was sent
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payments.stripe_port.values import Intent


class ProviderError(Exception):
    """Anything but an answer."""


class ProviderNotConfigured(ProviderError):
    """A key that this needs is not set; `setting` names it."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"{setting} is not set: this site takes no payments")
        self.setting = setting


class ProviderDeclined(ProviderError):
    """The card was refused; `code` is the provider's decline code."""

    def __init__(self, code: str, *, intent: "Intent | None" = None) -> None:
        super().__init__(code)
        self.code = code
        self.intent = intent


class AuthenticationRequired(ProviderError):
    """The owner of the card must confirm `intent` while present."""

    def __init__(self, intent: "Intent | None") -> None:
        super().__init__(intent.id if intent else "no intent")
        self.intent = intent


class ProviderRefused(ProviderError):
    """The provider will never do this; `code` is its word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ProviderBusy(ProviderError):
    """The provider cannot be reached or asks to come back later."""


class OutcomeUnknown(ProviderError):
    """The request may have been carried out: ask again with the same key, or look."""


class WebhookRefused(ProviderError):
    """What claims to be an event of the provider is not to be believed.

    `reason` is one of signature, too_old, no_event.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class CalledInTransaction(RuntimeError):
    """A provider call would hold locks for seconds and survive a rollback."""

    def __init__(self) -> None:
        super().__init__("the payment provider must not be called inside a database transaction")
