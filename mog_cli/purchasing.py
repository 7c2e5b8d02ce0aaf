"""Buy a package, and wait for a person where the token's spend policy asks for one."""

import uuid

from mog_cli.approval_watch import ApprovalWatch
from mog_cli.client import Client
from mog_cli.errors import ApiError
from mog_cli.money_answers import Bought


def buy(
    name: str, *, max_price_cents: int, client: Client, watch: ApprovalWatch | None = None
) -> Bought:
    """Buy for so much at most; with a `watch`, waits until a person has approved it if need be.

    Raises what Connection.exchange and ApprovalWatch.wait raise.
    """
    key = str(uuid.uuid4())
    try:
        return client.buy(name, max_price_cents=max_price_cents, key=key)
    except ApiError as refusal:
        if watch is None or refusal.approval is None:
            raise
        watch.wait(refusal.approval, listing=name)
    # The refusal has let the key go, so the same purchase goes on under it.
    return client.buy(name, max_price_cents=max_price_cents, key=key)
