"""The pages where a person decides on what their tokens want to buy."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organization, Role, User
from catalog.models import Listing
from payments.models import Approval, ApprovalState, Order
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.payments.buying import buy
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def approval(agent: Bearer, dear: Listing) -> Approval:
    """What the agent has asked for."""
    buy(agent.client, dear)
    return Approval.objects.get()


def browser_of(user: User, *, proven_ago: timedelta = timedelta()) -> Client:
    client = Client()
    sign_in(client, user, proven_ago=proven_ago)
    return client


def page_of(approval: Approval) -> str:
    return f"/approvals/{approval.public_id}"


def answer(client: Client, approval: Approval, word: str) -> Any:
    """Press one of the buttons."""
    return client.post(f"{page_of(approval)}/decision", {"answer": word})


def told(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


class TestTheOwner:
    def test_sees_what_is_asked_and_why(self, bob: User, approval: Approval) -> None:
        page = browser_of(bob).get(page_of(approval)).content.decode()
        assert "Dear tools" in page
        assert "$9.00" in page
        assert "laptop" in page
        assert "It costs more than what is bought without asking." in page
        assert "Approve once" in page

    def test_approves_and_the_token_buys(
        self, bob: User, agent: Bearer, dear: Listing, approval: Approval
    ) -> None:
        browser = browser_of(bob)
        assert answer(browser, approval, "once").headers["Location"] == page_of(approval)
        assert buy(agent.client, dear)[0] == 201
        assert "It was bought." in browser.get(page_of(approval)).content.decode()

    def test_raises_the_limits_with_it(self, bob: User, approval: Approval) -> None:
        answer(browser_of(bob), approval, "raise")
        assert bob.spend_policies.get().require_approval_above_cents == 900

    def test_denies(self, bob: User, approval: Approval) -> None:
        answer(browser_of(bob), approval, "deny")
        approval.refresh_from_db()
        assert (approval.state, approval.decided_by) == (ApprovalState.DENIED, bob)

    def test_is_told_when_it_is_too_late(self, bob: User, approval: Approval) -> None:
        past = timezone.now() - timedelta(days=2)
        Approval.objects.update(created_at=past, expires_at=past + timedelta(days=1))
        response = answer(browser_of(bob), approval, "once")
        assert told(response) == ["Nothing was changed: this was decided already, or is over."]
        approval.refresh_from_db()
        assert approval.decided_by is None

    def test_decides_once(self, bob: User, approval: Approval) -> None:
        browser = browser_of(bob)
        answer(browser, approval, "deny")
        assert told(answer(browser, approval, "once"))[-1].startswith("Nothing was changed")

    def test_changes_nothing_by_another_word(self, bob: User, approval: Approval) -> None:
        answer(browser_of(bob), approval, "twice")
        approval.refresh_from_db()
        assert approval.state == ApprovalState.PENDING

    def test_proves_who_they_are_before(self, bob: User, approval: Approval) -> None:
        browser = browser_of(bob, proven_ago=timedelta(hours=1))
        page = browser.get(page_of(approval)).content.decode()
        assert "Approve once" not in page
        assert f"next=/approvals/{approval.public_id}" in page.replace("%2F", "/")
        assert "/step-up" in answer(browser, approval, "once").headers["Location"]
        approval.refresh_from_db()
        assert approval.state == ApprovalState.PENDING

    def test_cannot_raise_limits_for_what_no_limit_is_about(
        self, bob: User, agent: Bearer, dear: Listing
    ) -> None:
        Listing.objects.update(runs_code=True)
        buy(agent.client, dear)
        page = browser_of(bob).get(page_of(Approval.objects.get())).content.decode()
        assert "Approve once" in page
        assert "raise the limits" not in page


class TestAStranger:
    def test_finds_nothing(self, charlie: User, approval: Approval) -> None:
        browser = browser_of(charlie)
        assert browser.get(page_of(approval)).status_code == 404
        assert answer(browser, approval, "once").status_code == 404
        approval.refresh_from_db()
        assert approval.state == ApprovalState.PENDING

    def test_who_is_signed_out_is_led_to_sign_in(self, client: Client, approval: Approval) -> None:
        assert "/sign-in" in client.get(page_of(approval)).headers["Location"]
        assert "/sign-in" in answer(client, approval, "once").headers["Location"]

    def test_with_a_token_opens_no_page(self, agent: Bearer, approval: Approval) -> None:
        assert agent.client.get(page_of(approval)).status_code == 401
        assert answer(agent.client, approval, "once").status_code == 401
        approval.refresh_from_db()
        assert approval.state == ApprovalState.PENDING

    def test_cannot_let_somebodys_browser_decide(self, bob: User, approval: Approval) -> None:
        browser = Client(enforce_csrf_checks=True)
        sign_in(browser, bob)
        assert answer(browser, approval, "once").status_code == 403
        approval.refresh_from_db()
        assert approval.state == ApprovalState.PENDING


class TestInAnOrganization:
    @pytest.fixture
    def acme(self) -> Organization:
        organization = OrganizationFactory.create(name="Acme")
        fill(organization, 5_000)
        SpendPolicyFactory.create(organization=organization)
        return organization

    @pytest.fixture
    def approval(self, bob: User, acme: Organization, dear: Listing) -> Approval:
        """What a token of Bob's, a plain member, has asked for."""
        MembershipFactory.create(organization=acme, user=bob, role=Role.MEMBER)
        buy(Bearer(bob, BUYER, organization=acme).client, dear)
        return Approval.objects.get()

    def test_a_member_sees_what_they_asked_and_cannot_decide(
        self, bob: User, approval: Approval
    ) -> None:
        browser = browser_of(bob)
        page = browser.get(page_of(approval)).content.decode()
        assert "An admin of Acme decides" in page
        assert "Approve once" not in page
        assert answer(browser, approval, "once").status_code == 403

    def test_another_member_finds_nothing(
        self, acme: Organization, charlie: User, approval: Approval
    ) -> None:
        MembershipFactory.create(organization=acme, user=charlie, role=Role.MEMBER)
        assert browser_of(charlie).get(page_of(approval)).status_code == 404
        assert answer(browser_of(charlie), approval, "once").status_code == 404

    def test_an_admin_of_another_organization_finds_nothing(
        self, charlie: User, approval: Approval
    ) -> None:
        MembershipFactory.create(user=charlie)
        assert browser_of(charlie).get(page_of(approval)).status_code == 404

    def test_an_admin_decides(self, acme: Organization, charlie: User, approval: Approval) -> None:
        MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
        answer(browser_of(charlie), approval, "once")
        approval.refresh_from_db()
        assert (approval.state, approval.decided_by) == (ApprovalState.APPROVED, charlie)


class TestTheList:
    def test_says_when_nothing_waits(self, bob: User) -> None:
        assert "Nothing waits for you" in browser_of(bob).get("/approvals").content.decode()

    def test_shows_what_waits_and_what_was_decided(
        self, bob: User, agent: Bearer, approval: Approval, alice: User
    ) -> None:
        browser = browser_of(bob)
        answer(browser, approval, "deny")
        other = ListingFactory.create(price_cents=700, vendor__user=alice)
        buy(agent.client, other)
        context = browser.get("/approvals").context
        assert [row.listing for row in context["waiting"]] == [other]
        assert [row.state for row in context["earlier"]] == ["denied"]

    def test_costs_the_same_however_long_it_is(
        self,
        bob: User,
        agent: Bearer,
        alice: User,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for _ in range(5):
            buy(agent.client, ListingFactory.create(price_cents=700, vendor__user=alice))
        browser = browser_of(bob)
        with django_assert_max_num_queries(6):
            browser.get("/approvals")


class TestAMemberWhoBuysInTheBrowser:
    @pytest.fixture
    def acme(self, bob: User) -> Organization:
        """An organization with money and a policy, of which Bob is a mere member."""
        organization = OrganizationFactory.create()
        fill(organization, 5_000)
        SpendPolicyFactory.create(organization=organization)
        MembershipFactory.create(organization=organization, user=bob, role=Role.MEMBER)
        return organization

    def buys(self, bob: User, acme: Organization, dear: Listing) -> str:
        """Let Bob buy in a new browser; return where that leads."""
        browser = browser_of(bob)
        bob.credentials.update(organization=acme)
        form = {"price_cents": "900", "acting_for": acme.public_id}
        return browser.post(f"/{dear.name}/purchase", form).headers["Location"]

    def test_is_led_to_the_question(self, bob: User, acme: Organization, dear: Listing) -> None:
        assert self.buys(bob, acme, dear) == page_of(Approval.objects.get())
        assert not Order.objects.exists()

    def test_buys_in_another_browser_once_it_is_approved(
        self, bob: User, acme: Organization, charlie: User, dear: Listing
    ) -> None:
        MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
        self.buys(bob, acme, dear)
        answer(browser_of(charlie), Approval.objects.get(), "once")
        assert self.buys(bob, acme, dear) == f"/orders/{Order.objects.get().public_id}"

    def test_lends_the_approval_to_no_other_member(
        self, bob: User, acme: Organization, charlie: User, alice: User, dear: Listing
    ) -> None:
        MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
        self.buys(bob, acme, dear)
        answer(browser_of(charlie), Approval.objects.get(), "once")
        self.buys(charlie, acme, dear)
        assert Approval.objects.count() == 2
        assert not Order.objects.exists()
