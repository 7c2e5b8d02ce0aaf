"""`mog` for an organization, and `mog token`, against the real server."""

from pathlib import Path

import pytest

from accounts.models import Invitation, Role, User
from payments.models import Entitlement
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.laptops import Laptop
from tests.live import LiveSite
from tests.money import fill

pytestmark = pytest.mark.processes


@pytest.fixture
def laptop(live: LiveSite, tmp_path: Path) -> Laptop:
    return Laptop(tmp_path / "agent", live.base_url)


def test_a_member_buys_from_the_wallet_of_their_organization(laptop: Laptop, bob: User) -> None:
    acme = OrganizationFactory.create(namespace__slug="acme", name="Acme Inc.")
    MembershipFactory.create(organization=acme, user=bob, role=Role.MEMBER)
    fill(acme, 1_000)
    SpendPolicyFactory.create(organization=acme, name="All of us")
    laptop.use_token(Bearer(bob, f"{BUYER} org").plaintext)
    assert laptop.mog("wallet")[1]["data"]["balanceCents"] == 0
    exit_code, answer = laptop.mog("org", "switch", "acme")
    assert exit_code == 0, answer
    assert laptop.mog("org", "whoami")[1]["data"]["why"] == "switch"
    status = laptop.mog("auth", "--status")[1]["data"]
    assert status["spendPolicy"]["name"] == "Default"
    assert [policy["name"] for policy in status["organizationPolicies"]] == ["All of us"]
    assert laptop.mog("wallet")[1]["data"]["balanceCents"] == 1_000
    listing = ListingFactory.create(price_cents=400)
    exit_code, answer = laptop.mog("buy", listing.name, "--yes")
    assert exit_code == 0, answer
    assert Entitlement.objects.get().organization == acme
    assert laptop.mog("wallet", "--org", "-")[1]["data"]["balanceCents"] == 0


def test_nobody_switches_to_an_organization_of_others(laptop: Laptop, bob: User) -> None:
    OrganizationFactory.create(namespace__slug="acme")
    laptop.use_token(Bearer(bob, f"{BUYER} org").plaintext)
    exit_code, answer = laptop.mog("org", "switch", "acme")
    assert (exit_code, answer["code"]) == (1, "organization_not_found")
    exit_code, answer = laptop.mog("wallet", "--org", "acme")
    assert (exit_code, answer["code"]) == (1, "not_found")


def test_a_token_without_the_scope_acts_for_nobody_else(laptop: Laptop, bob: User) -> None:
    acme = OrganizationFactory.create(namespace__slug="acme")
    MembershipFactory.create(organization=acme, user=bob, role=Role.OWNER)
    laptop.use_token(Bearer(bob, BUYER).plaintext)
    exit_code, answer = laptop.mog("org", "switch", "acme")
    assert (exit_code, answer["code"]) == (1, "missing_scope")


def test_a_token_lists_and_ends_itself(laptop: Laptop, bob: User) -> None:
    other = Bearer(bob, BUYER).credential
    own = Bearer(bob, BUYER)
    laptop.use_token(own.plaintext)
    answer = laptop.mog("token", "list")[1]
    assert [token["id"] for token in answer["data"]["tokens"]] == [own.credential.public_id]
    assert laptop.mog("token", "revoke", other.public_id)[1]["code"] == "token_not_found"
    assert laptop.mog("token", "revoke", own.credential.public_id)[0] == 0
    assert laptop.mog("auth", "--status")[1]["code"] == "token_rejected"


def test_with_the_scope_account_it_ends_another(laptop: Laptop, bob: User) -> None:
    other = Bearer(bob, BUYER).credential
    laptop.use_token(Bearer(bob, "account read").plaintext)
    assert len(laptop.mog("token", "list")[1]["data"]["tokens"]) == 2
    exit_code, answer = laptop.mog("token", "revoke", other.public_id)
    assert exit_code == 0, answer
    other.refresh_from_db()
    assert other.revoked_at is not None


def test_an_owner_makes_an_organization_and_invites(laptop: Laptop, bob: User) -> None:
    laptop.use_token(Bearer(bob, "org read").plaintext)
    exit_code, answer = laptop.mog("org", "create", "acme", "--name", "Acme Inc.")
    assert (exit_code, answer["data"]["role"]) == (0, "owner"), answer
    assert laptop.mog("org", "create", "acme")[1]["code"] == "invalid_name"
    exit_code, answer = laptop.mog("org", "invite", "ann@example.org", "--org", "acme")
    assert exit_code == 0, answer
    assert Invitation.objects.get().email == "ann@example.org"
    again = laptop.mog("org", "invite", "ann@example.org", "--org", "acme")[1]
    assert again["code"] == "already_invited"
    assert laptop.mog("org", "invite", "nobody", "--org", "acme")[1]["code"] == "invalid_fields"
    [own] = laptop.mog("org", "list")[1]["data"]["organizations"]
    assert (own["slug"], own["role"], own["memberCount"]) == ("acme", "owner", 1)


def test_a_member_invites_nobody(laptop: Laptop, bob: User) -> None:
    acme = OrganizationFactory.create(namespace__slug="acme")
    MembershipFactory.create(organization=acme, user=bob, role=Role.MEMBER)
    laptop.use_token(Bearer(bob, "org read").plaintext)
    exit_code, answer = laptop.mog("org", "invite", "ann@example.org", "--org", "acme")
    assert (exit_code, answer["code"]) == (1, "role_required")
    assert "takes admin" in answer["error"]


def test_a_token_of_an_organization_acts_for_it_alone(laptop: Laptop, bob: User) -> None:
    acme = OrganizationFactory.create(namespace__slug="acme")
    MembershipFactory.create(organization=acme, user=bob)
    MembershipFactory.create(organization__namespace__slug="beta", user=bob)
    laptop.use_token(Bearer(bob, "org read", organization=acme).plaintext)
    answer = laptop.mog("org", "whoami")[1]
    assert (answer["data"]["organization"]["slug"], answer["data"]["why"]) == ("acme", "token")
    assert laptop.mog("org", "switch", "beta")[1]["code"] == "organization_not_found"
    assert laptop.mog("org", "create", "gamma")[1]["code"] == "bound_to_organization"
    exit_code, answer = laptop.mog("org", "invite", "ann@example.org")
    assert (exit_code, answer["data"]["organization"]) == (0, "acme"), answer
