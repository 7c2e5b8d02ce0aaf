"""Tokens that buy while a person decides: once at most, and no change of a policy is lost."""

from collections import Counter

import pytest

from accounts.models import User
from payments import ledger, ledger_check
from payments.models import Approval, ApprovalState, Order
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.payments.approving import approve, asked
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
_RACERS = "tests.payments.approval_racers"


def test_an_approval_that_many_redeem_at_once_buys_once(bob: User, alice: User) -> None:
    wallet = fill(bob, 5_000)
    agent = Bearer(bob, BUYER)
    dear = ListingFactory.create(price_cents=900, vendor__user=alice)
    approve(asked(agent, dear), bob)
    statuses = race("tests.payments.racers:buy", agent.plaintext, dear.name, processes=4, threads=5)
    assert sorted(statuses) == ["200"] * 19 + ["201"]
    assert ledger.balance_of(wallet) == 4_100
    assert Approval.objects.get().state == ApprovalState.USED


def test_an_approval_of_what_is_free_that_many_redeem_at_once_gives_it_once(
    bob: User, alice: User
) -> None:
    agent = Bearer(bob, BUYER)
    tool = ListingFactory.create(price_cents=0, vendor__user=alice, runs_code=True)
    approve(asked(agent, tool), bob)
    statuses = race("tests.payments.racers:buy", agent.plaintext, tool.name, processes=4, threads=5)
    assert sorted(statuses) == ["200"] * 19 + ["201"]
    assert Approval.objects.get().state == ApprovalState.USED


def test_many_who_ask_at_once_ask_one_question(bob: User, alice: User) -> None:
    fill(bob, 5_000)
    agent = Bearer(bob, BUYER)
    dear = ListingFactory.create(price_cents=900, vendor__user=alice)
    statuses = race("tests.payments.racers:buy", agent.plaintext, dear.name, processes=4, threads=5)
    assert statuses == ["402"] * 20
    assert Approval.objects.count() == 1


def test_raising_limits_undoes_nothing_that_is_tightened_meanwhile(bob: User, alice: User) -> None:
    approval = asked(Bearer(bob, BUYER), ListingFactory.create(price_cents=900, vendor__user=alice))
    race(f"{_RACERS}:tighten_or_raise", approval.public_id, processes=1, threads=2)
    policy = bob.spend_policies.get()
    assert (policy.is_active, policy.blocked_types) == (False, ["skill"])
    assert policy.require_approval_above_cents == 900


def test_whoever_decides_while_others_buy_is_heard_or_late(bob: User, alice: User) -> None:
    wallet = fill(bob, 5_000)
    agent = Bearer(bob, BUYER)
    dear = ListingFactory.create(price_cents=900, vendor__user=alice)
    approval = asked(agent, dear)
    told = Counter(
        race(
            f"{_RACERS}:buy_or_decide",
            agent.plaintext,
            dear.name,
            approval.public_id,
            processes=3,
            threads=4,
        )
    )
    approval.refresh_from_db()
    assert set(told) <= {"200", "201", "402", "403", "approved", "denied", "closed"}
    assert told["201"] == Order.objects.count() <= 1
    assert ledger.balance_of(wallet) == 5_000 - 900 * told["201"]
    is_used = approval.state == ApprovalState.USED
    # Raised limits let a purchase pass that needs the approval no more.
    is_raised = bob.spend_policies.get().require_approval_above_cents == 900
    assert told["201"] or not is_used
    assert is_used or is_raised or not told["201"]
    assert list(ledger_check.faults()) == []
