"""What happens to one order at the same moment (`tests.racing`)."""

from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from audit.who import Origin
from payments import dispute_sweep, refunds
from payments.errors import InvalidRefund, NotRefundable
from payments.models import Order


def fetch_or_take_back(number: int, token: str, names: str) -> str:
    """Fetch a package or give its order back, every other caller; return which, and the status."""
    order = _order_of(names, number // 2)
    if number % 2:
        answer = _post(token, "/v1/downloads", {"listing": order.listing.name})
        return f"{order.public_id} fetched {answer.status_code}"
    return f"{order.public_id} taken_back {_take_back(token, order, key=f'key-{number}')}"


def take_back(number: int, token: str, name: str) -> str:
    """Give one order back, each caller under a key of its own; return the status."""
    return _take_back(token, _order_of(name, 0), key=f"key-{number}")


def refund(_number: int, staff: str, name: str, cents: str) -> str:
    """Refund so much of one order as a member of staff; return the cents, or why not."""
    order, amount_cents = _order_of(name, 0), int(cents)
    by = Actor.staff(User.objects.get(username=staff), origin=Origin())
    try:
        made = refunds.refund(
            order, amount_cents=amount_cents, reason="race", by=by, now=timezone.now()
        )
    except (InvalidRefund, NotRefundable) as error:
        return type(error).__name__
    return str(made.amount_cents)


def refund_or_hear(number: int, staff: str, name: str, dispute_id: str) -> str:
    """Refund a fifth of an order, or hear that it is disputed, every other caller."""
    if number % 2:
        return refund(number, staff, name, "100")
    dispute_sweep.look(dispute_id, now=timezone.now())
    return "heard"


def _order_of(names: str, number: int) -> Order:
    listings = names.split(",")
    name = listings[number % len(listings)]
    return Order.objects.select_related("listing", "vendor").get(listing__name=name)


def _take_back(token: str, order: Order, *, key: str) -> str:
    path = f"/v1/orders/{order.public_id}/refund"
    return str(_post(token, path, {}, **{"Idempotency-Key": key}).status_code)


def _post(token: str, path: str, body: dict[str, str], **headers: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} | headers
    return Client().post(path, body, content_type="application/json", headers=headers)
