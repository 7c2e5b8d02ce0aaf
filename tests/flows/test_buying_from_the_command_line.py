"""An agent with a token buys from its owner's wallet, within the default policy, and once."""

from pathlib import Path

import pytest

from accounts.models import User
from payments.models import Entitlement, Order
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.laptops import Laptop
from tests.live import LiveSite
from tests.money import fill

pytestmark = pytest.mark.processes


@pytest.fixture
def laptop(live: LiveSite, bob: User, tmp_path: Path) -> Laptop:
    made = Laptop(tmp_path / "agent", live.base_url)
    made.use_token(Bearer(bob, BUYER).plaintext)
    return made


def test_what_is_bought_is_paid_for_once(laptop: Laptop, bob: User) -> None:
    listing = ListingFactory.create(price_cents=499)
    fill(bob, 1_000)
    for _ in range(2):
        exit_code, answer = laptop.mog("buy", listing.name, "--max-price", "4.99")
        assert exit_code == 0, answer
    assert Order.objects.paid().count() == Entitlement.objects.active().count() == 1
    exit_code, answer = laptop.mog("wallet")
    assert exit_code == 0, answer
    assert answer["data"]["balanceCents"] == 501
    assert [line["amountCents"] for line in answer["data"]["statement"]] == [-499, 1_000]


def test_an_empty_wallet_is_a_humans_matter(laptop: Laptop) -> None:
    listing = ListingFactory.create(price_cents=499)
    exit_code, answer = laptop.mog("buy", listing.name, "--yes")
    assert (exit_code, answer["code"]) == (2, "insufficient_funds")
    assert "lacks 4.99" in answer["error"]
    assert answer["approvalUrl"].endswith("/wallet/top-up")


def test_what_the_policy_leaves_to_a_person_is_not_bought(laptop: Laptop, bob: User) -> None:
    listing = ListingFactory.create(price_cents=49_900)
    fill(bob, 100_000)
    exit_code, answer = laptop.mog("buy", listing.name, "--yes")
    assert (exit_code, answer["code"]) == (2, "approval_required")
    assert not Order.objects.exists()
