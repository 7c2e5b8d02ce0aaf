"""Approvals: what a policy leaves to a person, asked for once, decided in a browser, used once."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing
from payments import approvals, checkout, orders
from payments.errors import ApprovalRequired
from payments.models import Approval, ApprovalState, Entitlement, Order
from payments.sale_terms import Wanted
from tests.bearer import BUYER, Bearer
from tests.factories.catalog import ListingFactory
from tests.payments.approving import approve, asked, deny, grow_old
from tests.payments.buying import buy

pytestmark = pytest.mark.django_db


class TestAsking:
    def test_answers_with_where_a_person_decides(self, agent: Bearer, dear: Listing) -> None:
        status, body = buy(agent.client, dear)
        approval = Approval.objects.get()
        assert status == 402
        assert body["code"] == "approval_required"
        assert body["approvalId"] == approval.public_id
        assert body["approvalUrl"] == f"{settings.SITE_URL}/approvals/{approval.public_id}"
        assert body["reasons"] == ["over_approval_threshold"]
        assert str(body["expiresAt"]).endswith("Z")
        assert approval.expires_at - approval.created_at == timedelta(hours=24)

    def test_moves_no_money(self, agent: Bearer, dear: Listing) -> None:
        asked(agent, dear)
        assert not Order.objects.exists()
        assert not Entitlement.objects.exists()

    def test_again_is_the_same_question(self, agent: Bearer, dear: Listing) -> None:
        assert asked(agent, dear) == asked(agent, dear)
        assert Event.objects.filter(action=Action.APPROVAL_REQUESTED).count() == 1

    def test_at_another_price_is_another_question(self, agent: Bearer, dear: Listing) -> None:
        first = asked(agent, dear)
        Listing.objects.update(price_cents=950)
        second = asked(agent, dear)
        first.refresh_from_db()
        assert (first.state, second.state) == (ApprovalState.EXPIRED, ApprovalState.PENDING)

    def test_after_a_day_is_another_question(self, agent: Bearer, dear: Listing) -> None:
        first = asked(agent, dear)
        grow_old(first)
        assert asked(agent, dear) != first

    def test_of_another_token_is_another_question(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        assert asked(agent, dear) != asked(Bearer(bob, BUYER), dear)

    def test_is_not_done_for_what_a_policy_blocks(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        bob.spend_policies.update(blocked_types=[dear.type])
        status, body = buy(agent.client, dear)
        assert (status, body["code"]) == (403, "policy_blocked")
        assert not Approval.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_is_told_to_the_owner_once(
        self, agent: Bearer, bob: User, dear: Listing, mailbox: list[EmailMessage]
    ) -> None:
        approval = asked(agent, dear)
        asked(agent, dear)
        [sent] = mailbox
        assert sent.to == [bob.email]
        assert f"/approvals/{approval.public_id}" in str(sent.body)
        assert "It costs more than what is bought without asking." in str(sent.body)
        assert "$9.00" in str(sent.body)

    @pytest.mark.django_db(transaction=True)
    def test_for_many_packages_at_once_is_no_flood_of_mails(
        self, agent: Bearer, alice: User, mailbox: list[EmailMessage]
    ) -> None:
        for _ in range(12):
            asked(agent, ListingFactory.create(price_cents=900, vendor__user=alice))
        assert len(mailbox) == 10
        assert Approval.objects.count() == 12

    @pytest.mark.django_db(transaction=True)
    def test_at_two_prices_in_turn_is_no_flood_of_mails(
        self, agent: Bearer, dear: Listing, mailbox: list[EmailMessage]
    ) -> None:
        quoted = agent.client.post(
            "/v1/quotes", {"listing": dear.name}, content_type="application/json"
        )
        Listing.objects.update(price_cents=901)
        for _ in range(7):
            assert buy(agent.client, dear, quoteId=quoted.json()["id"])[0] == 402
            assert buy(agent.client, dear)[0] == 402
        assert Approval.objects.open().count() == 1
        assert len(mailbox) == 10

    @pytest.mark.django_db(transaction=True)
    def test_is_told_whatever_the_token_is_called(
        self, bob: User, dear: Listing, mailbox: list[EmailMessage]
    ) -> None:
        asked(Bearer(bob, BUYER, label="laptop\nBcc: charlie@example.org"), dear)
        [sent] = mailbox
        assert sent.subject == f"May laptop Bcc: charlie@example.org buy {dear.title}?"
        assert sent.recipients() == [bob.email]

    def test_instead_of_another_question_says_so_in_the_trail(
        self, agent: Bearer, dear: Listing
    ) -> None:
        first = asked(agent, dear)
        Listing.objects.update(price_cents=950)
        second = asked(agent, dear)
        row = Event.objects.get(action=Action.APPROVAL_REQUESTED, subject=second.subject)
        assert first.public_id in row.data


class TestApproving:
    def test_lets_the_same_purchase_succeed_once(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approval = asked(agent, dear)
        approve(approval, bob)
        status, body = buy(agent.client, dear)
        approval.refresh_from_db()
        assert status == 201
        assert approval.state == ApprovalState.USED
        assert approval.order is not None
        assert approval.order.public_id == body["orderId"]

    def test_lets_the_same_key_succeed(self, agent: Bearer, bob: User, dear: Listing) -> None:
        assert buy(agent.client, dear, key="again")[0] == 402
        approve(Approval.objects.get(), bob)
        assert buy(agent.client, dear, key="again")[0] == 201
        assert buy(agent.client, dear, key="again")[0] == 201
        assert Order.objects.count() == 1

    def test_is_good_for_one_purchase_only(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approve(asked(agent, dear), bob)
        buy(agent.client, dear)
        Entitlement.objects.update(revoked_at=timezone.now())
        status, body = buy(agent.client, dear)
        assert (status, body["code"]) == (402, "approval_required")

    def test_is_no_use_to_another_token(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approve(asked(agent, dear), bob)
        assert buy(Bearer(bob, BUYER).client, dear)[0] == 402

    def test_is_no_use_at_another_price(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approve(asked(agent, dear), bob)
        Listing.objects.update(price_cents=901)
        assert buy(agent.client, dear)[0] == 402

    def test_is_no_use_for_another_package(
        self, agent: Bearer, bob: User, alice: User, dear: Listing
    ) -> None:
        approve(asked(agent, dear), bob)
        other = ListingFactory.create(price_cents=900, vendor__user=alice)
        assert buy(agent.client, other)[0] == 402

    def test_is_no_use_after_its_day(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approval = asked(agent, dear)
        approve(approval, bob)
        grow_old(approval)
        assert buy(agent.client, dear)[0] == 402

    def test_is_good_until_the_last_moment_of_its_day(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approval = asked(agent, dear)
        approve(approval, bob)
        policies = list(bob.spend_policies.all())
        moment = timedelta(microseconds=1)

        def found(now: datetime) -> Approval | None:
            with transaction.atomic():
                return approvals.require_allowed(
                    dear, policies, price_cents=900, by=agent.actor, now=now
                )

        assert found(approval.expires_at - moment) == approval
        with pytest.raises(ApprovalRequired):
            found(approval.expires_at)

    def test_is_not_used_by_a_purchase_that_comes_to_nothing(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approval = asked(agent, dear)
        approve(approval, bob)
        wanted = Wanted(listing=dear.name)
        with transaction.atomic():
            checkout.purchase(wanted, by=agent.actor, now=timezone.now(), may_pay=True)
            transaction.set_rollback(True)
        approval.refresh_from_db()
        assert (approval.state, approval.order) == (ApprovalState.APPROVED, None)
        assert buy(agent.client, dear)[0] == 201

    def test_is_no_use_once_the_policy_forbids_it(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approve(asked(agent, dear), bob)
        bob.spend_policies.update(is_active=False)
        status, body = buy(agent.client, dear)
        assert (status, body["code"]) == (403, "policy_blocked")

    def test_covers_a_limit_that_is_passed_meanwhile(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approve(asked(agent, dear), bob)
        bob.spend_policies.update(daily_limit_cents=0)
        assert buy(agent.client, dear)[0] == 201

    def test_does_not_cover_code_that_the_package_runs_by_now(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        first = asked(agent, dear)
        approve(first, bob)
        Listing.objects.update(runs_code=True)
        second = asked(agent, dear)
        first.refresh_from_db()
        assert first.state == ApprovalState.EXPIRED
        assert set(second.reasons) == {"over_approval_threshold", "runs_code"}

    def test_does_not_cover_code_that_came_while_it_waited_for_its_turn(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approve(asked(agent, dear), bob)
        Listing.objects.update(runs_code=True)
        with pytest.raises(ApprovalRequired) as refused, transaction.atomic():
            orders.buy_from_wallet(
                dear, Wanted(listing=dear.name), by=agent.actor, now=timezone.now()
            )
        assert "runs_code" in refused.value.reasons

    def test_counts_towards_the_budget(self, agent: Bearer, bob: User, dear: Listing) -> None:
        bob.spend_policies.update(daily_limit_cents=1_000)
        approve(asked(agent, dear), bob)
        buy(agent.client, dear)
        cheap = ListingFactory.create(price_cents=101)
        assert buy(agent.client, cheap)[1]["reasons"] == ["over_daily_limit"]

    def test_does_not_make_a_wallet_fuller(self, agent: Bearer, bob: User, alice: User) -> None:
        dearest = ListingFactory.create(price_cents=6_000, vendor__user=alice)
        approval = asked(agent, dearest)
        approve(approval, bob)
        status, body = buy(agent.client, dearest)
        approval.refresh_from_db()
        assert (status, body["code"]) == (402, "insufficient_funds")
        assert approval.state == ApprovalState.APPROVED

    def test_stands_in_the_trail(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approval = asked(agent, dear)
        approve(approval, bob)
        buy(agent.client, dear)
        tags = Event.objects.filter(subject=approval.subject).order_by("pk")
        assert [row.action for row in tags] == [
            Action.APPROVAL_REQUESTED,
            Action.APPROVAL_GRANTED,
        ]
        paid = Event.objects.get(action=Action.ORDER_PAID)
        assert approval.public_id in paid.data


class TestRaisingTheLimits:
    def test_lets_the_next_such_purchase_pass_by_itself(
        self, agent: Bearer, bob: User, alice: User, dear: Listing
    ) -> None:
        approve(asked(agent, dear), bob, raises_limits=True)
        buy(agent.client, dear)
        policy = bob.spend_policies.get()
        assert policy.require_approval_above_cents == 900
        other = ListingFactory.create(price_cents=900, vendor__user=alice)
        assert buy(agent.client, other)[0] == 201

    def test_raises_no_more_than_is_needed(self, agent: Bearer, bob: User, alice: User) -> None:
        bob.spend_policies.update(daily_limit_cents=1_000, monthly_limit_cents=1_100)
        buy(agent.client, ListingFactory.create(price_cents=400, vendor__user=alice))
        listing = ListingFactory.create(price_cents=1_200, vendor__user=alice)
        approve(asked(agent, listing), bob, raises_limits=True)
        policy = bob.spend_policies.get()
        assert (policy.max_per_purchase_cents, policy.require_approval_above_cents) == (1200, 1200)
        assert (policy.daily_limit_cents, policy.monthly_limit_cents) == (1600, 1600)

    def test_stands_in_the_trail_as_a_changed_policy(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approve(asked(agent, dear), bob, raises_limits=True)
        assert Event.objects.filter(action=Action.POLICY_CHANGED).count() == 1


class TestDenying:
    def test_refuses_the_same_purchase_without_asking_again(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        deny(asked(agent, dear), bob)
        status, body = buy(agent.client, dear)
        assert (status, body["code"]) == (403, "approval_denied")
        assert Approval.objects.count() == 1

    def test_holds_for_a_day(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approval = asked(agent, dear)
        deny(approval, bob)
        grow_old(approval)
        assert buy(agent.client, dear)[0] == 402

    def test_takes_back_what_was_approved_and_not_bought(
        self, agent: Bearer, bob: User, dear: Listing
    ) -> None:
        approval = asked(agent, dear)
        approve(approval, bob)
        deny(approval, bob)
        assert buy(agent.client, dear)[0] == 403


class TestPolling:
    def test_says_how_it_stands(self, agent: Bearer, bob: User, dear: Listing) -> None:
        approval = asked(agent, dear)
        address = f"/v1/approvals/{approval.public_id}"
        waiting = agent.client.get(address)
        assert (waiting.json()["state"], waiting["Retry-After"]) == ("pending", "3")
        approve(approval, bob)
        answered = agent.client.get(address)
        assert (answered.json()["state"], "Retry-After" in answered) == ("approved", False)
        buy(agent.client, dear)
        assert agent.client.get(address).json()["orderId"] == Order.objects.get().public_id

    def test_says_when_its_time_is_over(self, agent: Bearer, dear: Listing) -> None:
        approval = asked(agent, dear)
        grow_old(approval)
        answer = agent.client.get(f"/v1/approvals/{approval.public_id}")
        assert answer.json()["state"] == "expired"

    def test_is_for_the_token_that_asked(
        self, agent: Bearer, bob: User, alice: User, dear: Listing
    ) -> None:
        address = f"/v1/approvals/{asked(agent, dear).public_id}"
        for other in (Bearer(bob, BUYER), Bearer(alice, BUYER)):
            hidden, none = other.client.get(address), other.client.get("/v1/approvals/apr_none")
            assert (hidden.status_code, none.status_code) == (404, 404)
            told, unknown = hidden.json(), none.json()
            assert told | {"requestId": ""} == unknown | {"requestId": ""}

    def test_is_kept_by_no_cache(self, agent: Bearer, dear: Listing) -> None:
        answer = agent.client.get(f"/v1/approvals/{asked(agent, dear).public_id}")
        assert "no-store" in answer["Cache-Control"]

    def test_needs_the_scope_purchase(self, bob: User, agent: Bearer, dear: Listing) -> None:
        approval = asked(agent, dear)
        reader = Bearer(bob, "read")
        answer = reader.client.get(f"/v1/approvals/{approval.public_id}")
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
