"""What payments refuses, as exceptions with data and without HTTP.

PaymentsError
├── PaymentUnavailable      the listing has a price, and nothing here can take money yet
├── NotOffered              the listing is not on sale
├── InvalidIdempotencyKey   the key is longer or stranger than keys are
├── Overdraft               an account has less than is to be taken out
├── AccountFrozen           nothing may be taken out of this wallet
└── AlreadyPosted           this event has moved its money already
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
