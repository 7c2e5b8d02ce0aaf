"""`docs/agents.md`, word for word: a policy, a token, an agent that spends within its limits.

Owner and agent are a browser and the real command; a worker scans what is bought.
"""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from catalog.models import Listing
from payments.models import Order
from tests.bearer import SELLER, Bearer
from tests.chromium import Tab
from tests.factories.catalog import VendorFactory
from tests.laptops import Laptop
from tests.live import LiveSite
from tests.mog_package import packages
from tests.money import fill
from tests.signed_in import sign_in
from tests.workers import Workers

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.stacks]

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "agents.md"


def chapters() -> list[list[str]]:
    """Return the commands of the page, a list for each of its blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", _PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [block.splitlines() for block in blocks]


def run(agent: Laptop, line: str) -> tuple[int, dict[str, Any]]:
    """Run a command of the page."""
    program, *arguments = shlex.split(line)
    assert program == "mog"
    return agent.mog(*arguments)


@pytest.fixture
def shelf(live: LiveSite, workers: Workers, alice: User, tmp_path: Path) -> None:
    """Two skills of acme's, published from the command line and scanned; one of them is dear."""
    VendorFactory.create(slug="acme", user=alice)
    seller = Laptop(tmp_path / "seller", live.base_url)
    seller.use_token(Bearer(alice, SELLER).plaintext)
    for slug, cents in {"changelog": 200, "incident-review": 900}.items():
        files = {
            path: data.replace(b"pdf-tools", slug.encode())
            for path, data in packages.complete().items()
        }
        folder = packages.write(seller.project / slug, files)
        exit_code, answer = seller.mog("publish", str(folder), "--wait", "--publish")
        assert exit_code == 0, answer
        Listing.objects.filter(slug=slug).update(price_cents=cents)


@pytest.fixture
def owner(tab: Tab, live: LiveSite, bob: User) -> Page:
    """Bob at his browser, signed in a moment ago, with 50.00 in his wallet."""
    fill(bob, 5_000)
    session = sign_in(Client(), bob)
    name, value = site_settings.SESSION_COOKIE_NAME, str(session.session_key)
    tab.page.context.add_cookies([{"name": name, "value": value, "url": live.base_url}])
    return tab.page


def a_policy_and_a_token(page: Page) -> str:
    """Do as the page tells the owner; return the token."""
    page.goto("/settings/policies/new")
    page.get_by_label("Name").fill("Agents")
    for label, amount in {
        "Most for one purchase": "10.00",
        "Most for a day": "20.00",
        "Most for a calendar month": "50.00",
        "Ask me above": "5.00",
    }.items():
        page.get_by_label(label).fill(amount)
    page.get_by_role("button", name="Save").click()
    page.goto("/settings/tokens/new")
    page.get_by_label("Label").fill("Build agent")
    for scope in ("See your profile", "Buy packages", "Download packages"):
        page.get_by_label(scope).check()
    page.get_by_label("Spends under").select_option(label="Agents")
    page.get_by_role("button", name="Create token").click()
    return page.locator("#token-plaintext").inner_text()


def test_an_agent_buys_what_it_may_and_asks_for_the_rest(
    live: LiveSite, shelf: None, owner: Page, tmp_path: Path
) -> None:
    alone, stopped, again = chapters()
    agent = Laptop(tmp_path / "agent", live.base_url)
    agent.use_token(a_policy_and_a_token(owner))

    found, quoted, installed = [run(agent, line) for line in alone]
    assert found[1]["data"]["items"][0]["name"] == "acme/changelog"
    assert quoted[0] == 0, quoted
    assert installed[0] == 0, installed
    assert (agent.project / ".agents" / "skills" / "changelog" / "SKILL.md").is_file()

    [(exit_code, answer)] = [run(agent, line) for line in stopped]
    assert (exit_code, answer["code"]) == (2, "approval_required")
    assert answer["reasons"] == ["over_approval_threshold"]
    assert not (agent.project / ".agents" / "skills" / "incident-review").exists()

    owner.goto(answer["approvalUrl"].replace(site_settings.SITE_URL, live.base_url))
    expect(owner.get_by_text("Build agent")).to_be_visible()
    owner.get_by_role("button", name="Approve once").click()
    expect(owner.get_by_text("may be had once")).to_be_visible()

    bought, wallet = [run(agent, line) for line in again]
    assert bought[0] == 0, bought
    assert (agent.project / ".agents" / "skills" / "incident-review" / "SKILL.md").is_file()
    amounts = [line["amountCents"] for line in wallet[1]["data"]["statement"]]
    assert amounts == [-900, -200, 5_000]
    owner.goto("/wallet")
    orders = Order.objects.paid().values_list("public_id", flat=True)
    assert len(orders) == 2
    for order in orders:
        expect(owner.get_by_text(order)).to_be_visible()
