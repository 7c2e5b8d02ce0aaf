"""What payments refuses, as exceptions with data and without HTTP.

PaymentsError
├── PaymentUnavailable      the listing has a price, and nothing here can take money yet
├── NotOffered              the listing is not on sale
├── IdempotencyKeyMissing   what moves money needs a key
├── InvalidIdempotencyKey   the key is longer or stranger than keys are
├── IdempotencyKeyReused    the key was used for something else
├── IdempotencyKeyInUse     somebody works under this key at this moment
├── Overdraft               an account has less than is to be taken out
├── AccountFrozen           nothing may be taken out of this wallet
├── AlreadyPosted           this event has moved its money already
└── EventBusy               a worker applies this event of the provider at this moment
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


class IdempotencyKeyMissing(PaymentsError):
    """What moves money is asked for under a key, so that a lost answer does no harm."""


class InvalidIdempotencyKey(PaymentsError):
    """The header is not 1 to 255 visible ASCII characters."""


class IdempotencyKeyReused(PaymentsError):
    """The key was used with another body, at another address or for another organization."""


class IdempotencyKeyInUse(PaymentsError):
    """Another request under this key has not come to its end."""


class Overdraft(PaymentsError):
    """An account has less than is to be taken out; `missing_cents` says by how much."""

    def __init__(self, account_id: str, *, missing_cents: int) -> None:
        super().__init__(f"{account_id} lacks {missing_cents} cents")
        self.account_id = account_id
        self.missing_cents = missing_cents


class AccountFrozen(PaymentsError):
    """Nothing may be taken out of this wallet until staff has settled what it owes."""

    def __init__(self, account_id: str) -> None:
        super().__init__(f"{account_id} is frozen")
        self.account_id = account_id


class AlreadyPosted(PaymentsError):
    """This event has moved its money already: whoever repeats it has nothing left to do."""

    def __init__(self, event: str) -> None:
        super().__init__(f"{event} is posted")
        self.event = event


class EventBusy(PaymentsError):
    """A worker applies this event of the provider at this moment."""
