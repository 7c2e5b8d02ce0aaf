"""What everybody does at once about one offer (`tests.racing`)."""

from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog import transfers
from catalog.errors import CatalogError
from catalog.models import Listing, ListingTransfer
from releases import handovers
from tests.transfers import present


def answer(number: int, public_id: str) -> str:
    """Accept, leave or call back an offer; return what came of it."""
    transfer = ListingTransfer.objects.with_sides().get(public_id=public_id)
    acts = (
        (handovers.accept, "bob", "accepted"),
        (transfers.reject, "bob", "rejected"),
        (transfers.call_back, "alice", "called-back"),
    )
    act, username, done = acts[number % len(acts)]
    try:
        act(transfer, by=present(User.objects.get(username=username)), now=timezone.now())
    except CatalogError as refusal:
        return type(refusal).__name__
    return done


def accept(_number: int, public_id: str) -> str:
    """Accept an offer; return what came of it."""
    return answer(0, public_id)


def offer(number: int, name: str) -> str:
    """Offer a listing to one of several vendors; return what came of it."""
    listing = Listing.objects.with_vendor().get(name=name)
    by = present(User.objects.get(username="alice"))
    try:
        transfers.offer(listing, to=f"globex-{number % 3}", by=by, now=timezone.now())
    except CatalogError as refusal:
        return type(refusal).__name__
    return "offered"


def buy_or_accept(number: int, name: str, public_id: str, tokens: str) -> str:
    """Buy a listing, each with a token of their own, while the last one accepts it."""
    plaintexts = tokens.split(",")
    if number == len(plaintexts):
        return accept(number, public_id)
    answered = Client(headers={"Authorization": f"Bearer {plaintexts[number]}"}).post(
        "/v1/purchases",
        {"listing": name},
        content_type="application/json",
        headers={"Idempotency-Key": f"racer-{number}"},
    )
    return str(answered.status_code)
