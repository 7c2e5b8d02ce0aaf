"""An agent's purchase that needs a person: asked for by `mog`, decided in a browser, taken up."""

import json
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from catalog.models import Listing
from payments.models import Approval, Order
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.laptops import Laptop, finish
from tests.live import LiveSite
from tests.money import fill
from tests.signed_in import sign_in

pytestmark = pytest.mark.processes


@pytest.fixture
def laptop(live: LiveSite, bob: User, tmp_path: Path) -> Laptop:
    """An agent of Bob's, which asks above 5.00 and has 50.00."""
    fill(bob, 5_000)
    made = Laptop(tmp_path / "agent", live.base_url)
    made.use_token(Bearer(bob, BUYER).plaintext)
    return made


@pytest.fixture
def dear(laptop: Laptop) -> Listing:
    """Something that a person has to approve."""
    return ListingFactory.create(price_cents=900)


def decide(person: User, word: str) -> None:
    """Open the only approval in a browser and press a button."""
    client = Client()
    sign_in(client, person)
    page = f"/approvals/{Approval.objects.get().public_id}/decision"
    assert client.post(page, {"answer": word}).status_code == 302


def waiting(laptop: Laptop, listing: Listing) -> subprocess.Popen[str]:
    """Start to buy and wait; returns once the link has been told."""
    process = laptop.start("buy", listing.name, "--yes", "--wait-approval", "--timeout", "60")
    assert process.stderr is not None
    event = json.loads(process.stderr.readline())
    assert event["approvalUrl"].endswith(f"/approvals/{Approval.objects.get().public_id}")
    return process


def test_who_waits_buys_once_a_person_has_approved(
    laptop: Laptop, bob: User, dear: Listing
) -> None:
    process = waiting(laptop, dear)
    decide(bob, "once")
    exit_code, answer = finish(process)
    assert exit_code == 0, answer
    assert Order.objects.paid().count() == 1
    policy = laptop.mog("auth", "--status")[1]["data"]["spendPolicy"]
    assert policy["dailyLimitCents"] - policy["leftTodayCents"] == 900


def test_who_does_not_wait_runs_the_same_command_again(
    laptop: Laptop, live: LiveSite, bob: User, dear: Listing
) -> None:
    command = ("buy", dear.name, "--max-price", "9.00")
    for _ in range(2):
        exit_code, answer = laptop.mog(*command)
        assert (exit_code, answer["code"]) == (2, "approval_required")
        assert answer["approvalUrl"].startswith(f"{live.base_url}/approvals/")
        assert answer["reasons"] == ["over_approval_threshold"]
    decide(bob, "once")
    for _ in range(2):
        exit_code, answer = laptop.mog(*command)
        assert exit_code == 0, answer
    assert Order.objects.paid().count() == 1


def test_who_is_refused_is_told_so_and_not_asked_for_again(
    laptop: Laptop, bob: User, dear: Listing
) -> None:
    process = waiting(laptop, dear)
    decide(bob, "deny")
    exit_code, answer = finish(process)
    assert (exit_code, answer["code"]) == (1, "approval_denied")
    exit_code, answer = laptop.mog("buy", dear.name, "--yes")
    assert (exit_code, answer["code"]) == (1, "approval_denied")
    assert not Order.objects.exists()


def test_trying_says_what_would_become_of_it_and_asks_nobody(laptop: Laptop, dear: Listing) -> None:
    exit_code, answer = laptop.mog("buy", dear.name, "--dry-run")
    assert (exit_code, answer["code"]) == (2, "approval_required")
    assert answer["details"]["reasons"] == ["over_approval_threshold"]
    assert answer["details"]["budgets"][0]["leftTodayCents"] == 5_000
    cheap = ListingFactory.create(price_cents=100)
    exit_code, answer = laptop.mog("buy", cheap.name, "--dry-run")
    assert (exit_code, answer["data"]["outcome"]) == (0, "allow")
    assert not Approval.objects.exists()
    assert not Order.objects.exists()
