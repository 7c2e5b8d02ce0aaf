"""What payments refuses, as exceptions with data and without HTTP.

PaymentsError
├── PaymentUnavailable      the listing has a price, and nothing here can take money yet
├── NotOffered              the listing is not on sale
└── InvalidIdempotencyKey   the key is longer or stranger than keys are
"""


class PaymentsError(Exception):
    """Any refusal of this room."""


class PaymentUnavailable(PaymentsError):
    """The listing has a price."""

    def __init__(self, price_cents: int) -> None:
        super().__init__(f"costs {price_cents} cents")
        self.price_cents = price_cents


class NotOffered(PaymentsError):
    """The listing takes no new buyers: it is a draft, hidden or retired."""


class InvalidIdempotencyKey(PaymentsError):
    """The header is not 1 to 255 printable ASCII characters."""
