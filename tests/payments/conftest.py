"""What many tests about money begin with; a file that needs another one of these has its own."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from catalog.models import Listing
from payments.models import TopUp
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.money import fill
from tests.payments.disputing import clearing_cents, faults, filled


@pytest.fixture
def agent(bob: User) -> Bearer:
    """A token of Bob's, called laptop, under his default policy, which asks above 500 cents; he
    has ten times as much.
    """
    fill(bob, 5_000)
    return Bearer(bob, BUYER)


@pytest.fixture
def listing(alice: User) -> Listing:
    """What Alice sells for 4.99."""
    made: Listing = ListingFactory.create(price_cents=499, vendor__user=alice)
    return made


@pytest.fixture
def dear(alice: User) -> Listing:
    """What costs more than an agent buys without asking."""
    made: Listing = ListingFactory.create(price_cents=900, vendor__user=alice, title="Dear tools")
    return made


@pytest.fixture
def top_up(bob: User, sandbox: PaymentSandbox) -> TopUp:
    """Bob has ten dollars from a card."""
    return filled(Bearer(bob, BUYER).client, sandbox)


@pytest.fixture
def books_balance() -> Iterator[None]:
    """Whatever a test does, the books are right afterwards."""
    yield
    assert faults() == []


@pytest.fixture
def books_agree(sandbox: PaymentSandbox) -> Iterator[None]:
    """Whatever a test does, the books hold, and the provider has what they say."""
    yield
    assert faults() == []
    assert clearing_cents() == sandbox.totals["balance"]
