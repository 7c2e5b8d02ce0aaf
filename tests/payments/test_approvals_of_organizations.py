"""Approvals where an organization pays: its admins decide, over its money and no more."""

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts.models import Organization, Role, User
from catalog.models import Listing
from payments import approvals
from payments.models import Approval, Entitlement, Order
from tests.bearer import BUYER, Bearer
from tests.devices import person
from tests.factories.accounts import MembershipFactory, OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.payments.approving import approve, asked
from tests.payments.buying import buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    organization = OrganizationFactory.create()
    fill(organization, 5_000)
    SpendPolicyFactory.create(organization=organization, require_approval_above_cents=500)
    return organization


@pytest.fixture
def agent(bob: User, acme: Organization) -> Bearer:
    """A token of Bob's, a plain member, under an own policy that allows more."""
    MembershipFactory.create(organization=acme, user=bob, role=Role.MEMBER)
    bob.spend_policies.update(require_approval_above_cents=1_000)
    return Bearer(bob, BUYER, organization=acme)


def test_an_admin_decides(agent: Bearer, acme: Organization, charlie: User, dear: Listing) -> None:
    MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
    approve(asked(agent, dear), charlie)
    assert buy(agent.client, dear)[0] == 201
    assert Entitlement.objects.get().organization == acme


@pytest.mark.django_db(transaction=True)
def test_its_admins_are_asked_and_whoever_asked_is_told(
    agent: Bearer,
    acme: Organization,
    bob: User,
    charlie: User,
    dear: Listing,
    mailbox: list[EmailMessage],
) -> None:
    MembershipFactory.create(organization=acme, user=charlie, role=Role.OWNER)
    approve(asked(agent, dear), charlie)
    assert [sent.to for sent in mailbox] == [[charlie.email], [bob.email]]
    assert f"The token laptop of {bob.username} " in str(mailbox[0].body)


def test_the_member_whose_token_asks_sees_it(agent: Bearer, bob: User, dear: Listing) -> None:
    approval = asked(agent, dear)
    assert approvals.visible_to(person(bob)).get() == approval


def test_an_admin_who_has_left_sees_nothing(
    agent: Bearer, acme: Organization, charlie: User, dear: Listing
) -> None:
    MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
    asked(agent, dear)
    charlie.memberships.all().delete()
    assert not approvals.visible_to(person(charlie)).exists()


def test_who_has_left_sees_no_more_what_they_asked_for(
    agent: Bearer, bob: User, dear: Listing
) -> None:
    asked(agent, dear)
    bob.memberships.all().delete()
    assert not approvals.visible_to(person(bob)).exists()
    assert not approvals.visible_to(agent.actor).exists()


def test_an_admin_sees_and_raises_nothing_of_the_members_own(
    agent: Bearer, acme: Organization, bob: User, charlie: User, dear: Listing
) -> None:
    MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
    approval = asked(agent, dear)
    own, shared = bob.spend_policies.get(), acme.spend_policies.get()
    assert approvals.applying(approval) == [own, shared]
    assert approvals.raisable(approval, by=person(charlie)) == [shared]


def test_an_admin_raises_the_limits_of_the_organization(
    agent: Bearer, acme: Organization, bob: User, charlie: User, alice: User, dear: Listing
) -> None:
    MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
    approve(asked(agent, dear), charlie, raises_limits=True)
    assert acme.spend_policies.get().require_approval_above_cents == 900
    assert bob.spend_policies.get().require_approval_above_cents == 1_000
    other = ListingFactory.create(price_cents=900, vendor__user=alice)
    assert [buy(agent.client, each)[0] for each in (dear, other)] == [201, 201]


def test_limits_are_not_raised_where_the_members_own_would_go_on_to_ask(
    agent: Bearer, acme: Organization, bob: User, charlie: User, dear: Listing
) -> None:
    MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
    approval, admin = asked(agent, dear), person(charlie)
    assert approvals.may_raise(approval, by=admin, now=timezone.now())
    bob.spend_policies.update(require_approval_above_cents=500)
    assert not approvals.may_raise(approval, by=admin, now=timezone.now())


class TestOneTokenForTwoParties:
    """A token of Bob's that acts for him, and with `X-Mog-Org` for the organization."""

    @pytest.fixture
    def token(self, agent: Bearer, bob: User) -> Bearer:
        fill(bob, 5_000)
        bob.spend_policies.update(require_approval_above_cents=500)
        return Bearer(bob, f"{BUYER} org")

    def test_what_one_may_is_no_use_to_the_other(
        self, token: Bearer, acme: Organization, bob: User, dear: Listing
    ) -> None:
        header = {"X-Mog-Org": acme.slug}
        approve(asked(token, dear), bob)
        as_acme = token.client.post(
            "/v1/purchases",
            {"listing": dear.name},
            content_type="application/json",
            headers={"Idempotency-Key": "one", **header},
        )
        assert as_acme.status_code == 402
        assert as_acme.json()["approvalId"] != Approval.objects.get(organization=None).public_id
        assert not Order.objects.exists()
        assert buy(token.client, dear)[0] == 201
        assert Order.objects.get().user == bob

    def test_a_quote_of_one_is_not_found_by_the_other(
        self, token: Bearer, acme: Organization, dear: Listing
    ) -> None:
        quoted = token.client.post(
            "/v1/quotes",
            {"listing": dear.name},
            content_type="application/json",
            headers={"X-Mog-Org": acme.slug},
        )
        assert buy(token.client, dear, quoteId=quoted.json()["id"])[0] == 404
