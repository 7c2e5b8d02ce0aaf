"""What payments refuses, as exceptions with data and without HTTP.

PaymentsError
├── PaymentUnavailable      this site takes no payments
├── NothingToPay            the buyer has it already, or it is free
├── OrderNotPending         an order has ended, so it cannot be called off
├── NotOffered              the listing is not on sale
├── SellerChanged           the listing was handed over while it was bought
├── PriceAboveLimit         the listing costs more than the buyer said they would pay
├── OwnListing              the buyer is the seller
├── PolicyRefused           a spend policy does not let this happen
│   ├── PolicyBlocked       and nobody can let it happen under this policy
│   ├── ApprovalDenied      because a person has said no
│   ├── ApprovalRequired    unless a person approves it
│   └── DeliveryBlocked     a version is not to be given to whoever has its listing
├── ApprovalClosed          an approval was decided, used or is over
├── QuoteOver               a quote was used, or its time is over
├── IdempotencyKeyMissing   what moves money needs a key
├── InvalidIdempotencyKey   the key is longer or stranger than keys are
├── IdempotencyKeyReused    the key was used for something else
├── IdempotencyKeyInUse     somebody works under this key at this moment
├── Overdraft               an account has less than is to be taken out
├── AccountFrozen           nothing may be taken out of this wallet
├── AlreadyPosted           this event has moved its money already
├── EventBusy               a worker applies this event of the provider at this moment
├── InvalidCountry          this marketplace pays nobody there
├── PayoutMoved             a payout is in another state by now
├── CardRefundMoved         a refund to a card is in another state by now
├── InvalidTopUp            a top-up that must not be; `field` names what to change
├── NoSavedCard             a wallet that fills itself needs a saved card
├── CardNotFound            there is no such saved card, or it is somebody else's
├── WalletContested         a wallet stays frozen while a dispute about it is open
├── InvalidFreeze           a wallet is not frozen or let go like this; `field` names why
└── PaymentMismatch         a payment names a row whose own it is not
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from payments.spending import Reason

if TYPE_CHECKING:
    from catalog.models import Listing


class PaymentsError(Exception):
    """Any refusal of this room."""


class PaymentUnavailable(PaymentsError):
    """Something costs money, and this site takes no payments."""

    def __init__(self, price_cents: int) -> None:
        super().__init__(f"costs {price_cents} cents")
        self.price_cents = price_cents


class NothingToPay(PaymentsError):
    """Whoever wants to pay by card has the listing already, or it costs nothing."""


class OrderNotPending(PaymentsError):
    """The order was paid or has ended; `state` says how it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class NotOffered(PaymentsError):
    """The listing takes no new buyers: it is a draft, hidden or retired."""


class SellerChanged(PaymentsError):
    """The listing was handed over to another vendor while the buyer waited for their turn."""


class PriceAboveLimit(PaymentsError):
    """The listing costs more than the most that the buyer has named."""

    def __init__(self, *, price_cents: int, limit_cents: int) -> None:
        super().__init__(f"costs {price_cents} cents, not {limit_cents} at most")
        self.price_cents = price_cents
        self.limit_cents = limit_cents


class OwnListing(PaymentsError):
    """Buyer and seller are the same party: money would move in a circle, less a fee."""


class PolicyRefused(PaymentsError):
    """A spend policy does not let something happen; `reasons` says why."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


class PolicyBlocked(PolicyRefused):
    """No approval helps: the policy itself would have to change."""


class ApprovalDenied(PolicyRefused):
    """A person was asked and has said no; asking again helps when the day of that is over."""


class ApprovalRequired(PolicyRefused):
    """A person may approve what the policy does not allow by itself.

    approval_id, expires_at: what they are asked, and until when, once they are.
    """

    approval_id: str = ""
    expires_at: datetime | None = None

    def __init__(self, reasons: Sequence[Reason], *, listing: "Listing", price_cents: int) -> None:
        super().__init__(reasons)
        self.listing = listing
        self.price_cents = price_cents


class ApprovalClosed(PaymentsError):
    """Nobody can decide on this any more; `state` says how it stands."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class QuoteOver(PaymentsError):
    """The price of this quote is locked no more."""

    def __init__(self, quote_id: str) -> None:
        super().__init__(f"{quote_id} is over")
        self.quote_id = quote_id


class DeliveryBlocked(PolicyRefused):
    """A version must not reach a token, although its owner has the listing.

    policy_id: the token's policy, where a change of it could let the version through; else empty.
    old_enough_at: when its age no longer stands in the way; None where it does not now.
    """

    def __init__(
        self,
        reasons: Sequence[Reason],
        *,
        listing: str,
        version: str,
        policy_id: str,
        old_enough_at: datetime | None,
    ) -> None:
        super().__init__(reasons)
        self.listing = listing
        self.version = version
        self.policy_id = policy_id
        self.old_enough_at = old_enough_at


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


class NotRefundable(PaymentsError):
    """This order cannot be taken back; `reason` is a word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class InvalidRefund(PaymentsError):
    """One field of a refund is wrong; the text says what to change."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class InvalidCountry(PaymentsError):
    """This marketplace pays nobody in this country."""

    field = "country"

    def __init__(self) -> None:
        super().__init__("Choose one of the countries that can be paid to.")


class PayoutMoved(PaymentsError):
    """The payout has not failed, or somebody else has dealt with it."""


class CardRefundMoved(PaymentsError):
    """The refund to a card was not refused, or somebody else has dealt with it."""


class InvalidTopUp(PaymentsError):
    """A top-up, or a rule for automatic ones, must not be like this; `field` names what."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class PaymentMismatch(PaymentsError):
    """A payment at the provider names a row, and amount, currency, payer or payment differ."""

    def __init__(self, subject: str, intent_id: str) -> None:
        super().__init__(f"{intent_id} is not the payment of {subject}")
        self.subject = subject
        self.intent_id = intent_id


class NoSavedCard(PaymentsError):
    """A wallet that fills itself needs a saved card to charge."""


class CardNotFound(PaymentsError):
    """There is no such saved card, or it is somebody else's."""


class WalletContested(PaymentsError):
    """A dispute about this wallet is open: the bank may still take what is in it."""


class InvalidFreeze(PaymentsError):
    """A wallet cannot be frozen or let go like this; `field` names what is wrong."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field
