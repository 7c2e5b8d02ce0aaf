"""Work at the provider under a claim: what goes wrong there ends the claim as it should."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from payments import idempotency
from payments.idempotency import Claim
from payments.stripe_port import OutcomeUnknown, ProviderBusy, ProviderError, ProviderRefused


@contextmanager
def held(taken: Claim, *, refuse: Callable[[str], None], now: datetime) -> Iterator[None]:
    """End a claim when the provider raises, and let that through.

    Where nobody knows, the next caller goes on with the same row; where nothing has moved for good,
    `refuse` ends the row for the provider's code, and the key is free.
    """
    try:
        yield
    except (ProviderBusy, OutcomeUnknown):
        idempotency.hand_over(taken, now=now)
        raise
    except ProviderError as error:
        refuse(error.code if isinstance(error, ProviderRefused) else "refused")
        idempotency.release(taken)
        raise
