"""Top-ups: asked for once, credited once, by what the provider says and by nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Organization, User
from audit.actions import Action
from audit.models import Event
from payments import payers, stripe_port, top_up_outcomes
from payments.errors import PaymentMismatch
from payments.models import EventState, Posting, ProviderEvent, TopUp, TopUpState
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.fakes.payment_sandbox import PaymentSandbox, Receiver
from tests.payments.paying import apply_all, ask, balance, begun, hand_in, pay
from tests.payments.provider_events import event, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider that is there."""
    return Bearer(bob, BUYER).client


class TestAsking:
    def test_it_answers_what_a_person_needs_to_pay(self, client: Client, bob: User) -> None:
        answer = ask(client, 2500)
        top_up = TopUp.objects.get()
        assert answer.status_code == 201
        assert set(answer.json()) == {"topUpId", "clientSecret", "payUrl"}
        assert answer.json()["topUpId"] == top_up.public_id
        assert answer.json()["clientSecret"].startswith(f"{top_up.intent_id}_secret_")
        intent = stripe_port.retrieve_intent(top_up.intent_id or "")
        assert (intent.amount_cents, intent.currency) == (2500, "USD")
        assert (top_up.state, top_up.payer.user, balance(bob)) == (TopUpState.PENDING, bob, 0)

    @pytest.mark.parametrize(
        "cents", [0, -500, 499, 50_001, 10**30, 1000.0, 5.5, "1000", True, None, [1000], {}]
    )
    def test_other_amounts_are_refused(self, client: Client, cents: object) -> None:
        answer = ask(client, cents)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_fields")
        assert list(answer.json()["details"]) == ["amountCents"]
        assert not TopUp.objects.exists()

    @pytest.mark.parametrize("cents", [500, 50_000])
    def test_the_limits_themselves_are_within(self, client: Client, cents: int) -> None:
        assert ask(client, cents).status_code == 201

    def test_nobody_chooses_the_currency(self, client: Client) -> None:
        answer = ask(client, 1000, currency="EUR")
        assert (answer.status_code, list(answer.json()["details"])) == (422, ["currency"])

    @pytest.mark.parametrize("cents", [499, 50_001])
    def test_the_database_holds_the_limits(self, bob: User, cents: int) -> None:
        payer, now = payers.payer_of(bob), timezone.now()
        with pytest.raises(IntegrityError, match="amount_in_limits"), transaction.atomic():
            TopUp.objects.create(payer=payer, amount_cents=cents, currency="USD", check_at=now)

    def test_a_key_is_needed_and_does_it_once(
        self, client: Client, sandbox: PaymentSandbox
    ) -> None:
        without = client.post("/v1/wallet/top-up", {"amountCents": 1000}, "application/json")
        assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
        first, again = ask(client, key="a"), ask(client, key="a")
        assert again["Idempotent-Replayed"] == "true"
        assert again.content == first.content
        assert ask(client, 2000, key="a").json()["code"] == "idempotency_key_reused"
        assert TopUp.objects.count() == len(stripe_port.list_intents()) == 1

    def test_it_needs_the_scope(self, bob: User, sandbox: PaymentSandbox) -> None:
        assert ask(Bearer(bob, "read").client).json()["code"] == "missing_scope"

    def test_a_strangers_top_up_is_not_there(
        self, client: Client, charlie: User, sandbox: PaymentSandbox
    ) -> None:
        path = f"/v1/wallet/top-ups/{begun(client).public_id}"
        assert client.get(path).json()["state"] == "pending"
        assert Bearer(charlie, BUYER).client.get(path).status_code == 404

    def test_an_organizations_wallet_is_its_own(self, bob: User, sandbox: PaymentSandbox) -> None:
        organization: Organization = OrganizationFactory.create()
        client = Bearer(bob, BUYER, organization=organization).client
        top_up = begun(client)
        assert (top_up.payer.organization, top_up.payer.user) == (organization, None)
        assert Bearer(bob, BUYER).client.get(top_up_path(top_up)).status_code == 404
        pay(sandbox, top_up)
        settle(top_up)
        assert (balance(organization), balance(bob)) == (1000, 0)

    def test_it_stands_in_the_trail(self, client: Client, sandbox: PaymentSandbox) -> None:
        top_up = begun(client)
        pay(sandbox, top_up)
        settle(top_up)
        events = Event.objects.filter(subject=top_up.subject).order_by("pk")
        assert [event.action for event in events] == [
            Action.TOP_UP_STARTED,
            Action.TOP_UP_SUCCEEDED,
        ]


class TestAProviderThatFails:
    @pytest.mark.parametrize(
        # The library itself repeats a server error, and leaves a limit to us.
        ("fault", "times"),
        [("rate_limited", "1"), ("server_error", "3")],
    )
    def test_the_same_key_succeeds_later(
        self, client: Client, sandbox: PaymentSandbox, fault: str, times: str
    ) -> None:
        sandbox.control("faults", path="/v1/payment_intents", fault=fault, times=times)
        refused = ask(client, key="a")
        assert (refused.status_code, refused.json()["code"]) == (503, "provider_busy")
        assert int(refused["Retry-After"]) > 0
        assert ask(client, key="a").status_code == 201
        assert TopUp.objects.count() == len(stripe_port.list_intents()) == 1

    def test_a_time_out_after_the_deed_makes_no_second_payment(
        self, client: Client, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control(
            "faults", path="/v1/payment_intents", fault="timeout_after_commit", times="3"
        )
        assert ask(client, key="a").json()["code"] == "outcome_unknown"
        assert ask(client, key="a").status_code == 201
        (intent,) = stripe_port.list_intents()
        assert TopUp.objects.get().intent_id == intent.id

    def test_an_error_that_the_provider_keeps_is_left_behind(
        self, client: Client, sandbox: PaymentSandbox
    ) -> None:
        sandbox.control("faults", path="/v1/payment_intents", fault="server_error_saved", times="1")
        codes = [ask(client, key="a").status_code for _ in range(3)]
        assert codes == [503, 503, 201]
        assert TopUp.objects.get().attempt == 2

    def test_one_without_keys_is_told_apart(self, client: Client, settings: Any) -> None:
        settings.STRIPE_SECRET_KEY = ""
        assert ask(client, key="a").json()["code"] == "payments_off"
        top_up = TopUp.objects.get()
        assert (top_up.state, top_up.is_open) == (TopUpState.FAILED, False)


def top_up_path(top_up: TopUp) -> str:
    """Return where the API shows it."""
    return f"/v1/wallet/top-ups/{top_up.public_id}"


def settle(top_up: TopUp) -> TopUp:
    """Let a top-up bear how its payment stands; return the row."""
    intent = stripe_port.retrieve_intent(top_up.intent_id or "")
    top_up_outcomes.bear(top_up.public_id, intent, now=timezone.now())
    top_up.refresh_from_db()
    return top_up


class TestWhatTheProviderSays:
    def test_the_webhook_credits_it(
        self, client: Client, bob: User, sandbox: PaymentSandbox, receiver: Receiver
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up)
        hand_in(receiver, events=4)
        top_up.refresh_from_db()
        assert (top_up.state, balance(bob)) == (TopUpState.SUCCEEDED, 1000)
        (posting,) = Posting.objects.all()
        assert posting.key == f"top_up:{top_up.public_id}:credit"
        assert (posting.debit.kind, posting.credit.user) == ("provider", bob)

    @pytest.mark.parametrize("webhook", ["duplicate", "reorder", "delay:0.2"])
    def test_however_its_events_come(
        self,
        client: Client,
        bob: User,
        sandbox: PaymentSandbox,
        receiver: Receiver,
        webhook: str,
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up, "decline")
        pay(sandbox, top_up)
        hand_in(receiver, events=6, order=slice(None, None, -1))
        hand_in(receiver, events=6)
        top_up.refresh_from_db()
        assert (top_up.state, balance(bob)) == (TopUpState.SUCCEEDED, 1000)
        assert ProviderEvent.objects.filter(state=EventState.FAILED).count() == 0

    def test_a_forged_body_credits_nothing(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        """Signed with our secret, and still only a hint: the provider says that nobody paid."""
        from_the_event = begun(client)
        sandbox.control("webhooks", mode="hold")
        assert send(event("payment_intent", from_the_event.intent_id or "")).status_code == 200
        apply_all()
        assert balance(bob) == 0

    def test_a_declined_card_may_be_followed_by_another(
        self,
        client: Client,
        bob: User,
        sandbox: PaymentSandbox,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up, "decline")
        with django_capture_on_commit_callbacks() as told:
            settle(top_up)
            settle(top_up)
        assert (top_up.state, top_up.failure_code) == (TopUpState.FAILED, "generic_decline")
        assert (top_up.is_open, balance(bob), len(told)) == (True, 0, 1)
        pay(sandbox, top_up)
        assert settle(top_up).state == TopUpState.SUCCEEDED
        assert balance(bob) == 1000

    def test_its_owner_is_told_of_a_decline(
        self,
        client: Client,
        sandbox: PaymentSandbox,
        bob: User,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up, "decline")
        with django_capture_on_commit_callbacks(execute=True):
            settle(top_up)
        (letter,) = mailbox
        assert (letter.to, "$10.00 was declined" in letter.body) == ([bob.email], True)

    def test_authentication_is_asked_for_and_given(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up, "ask")
        assert settle(top_up).state == TopUpState.PENDING
        pay(sandbox, top_up, "authenticate")
        settle(top_up)
        assert balance(bob) == 1000

    def test_settling_twice_credits_once(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up)
        for _ in range(3):
            settle(top_up)
        assert (balance(bob), Posting.objects.count()) == (1000, 1)

    def test_what_was_called_off_and_paid_after_all_is_credited(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        top_up = begun(client)
        pay(sandbox, top_up)
        TopUp.objects.update(state=TopUpState.CANCELED, ended_at=timezone.now())
        assert settle(top_up).state == TopUpState.SUCCEEDED
        assert balance(bob) == 1000

    def test_nothing_goes_back(self, client: Client, sandbox: PaymentSandbox) -> None:
        top_up = begun(client)
        unpaid = stripe_port.retrieve_intent(top_up.intent_id or "")
        pay(sandbox, top_up)
        settle(top_up)
        top_up_outcomes.bear(top_up.public_id, unpaid, now=timezone.now())
        top_up.refresh_from_db()
        assert top_up.state == TopUpState.SUCCEEDED

    def test_anothers_payment_is_refused(
        self, client: Client, bob: User, charlie: User, sandbox: PaymentSandbox
    ) -> None:
        mine, theirs = begun(client), begun(Bearer(charlie, BUYER).client)
        pay(sandbox, theirs)
        paid = stripe_port.retrieve_intent(theirs.intent_id or "")
        with pytest.raises(PaymentMismatch):
            top_up_outcomes.bear(mine.public_id, paid, now=timezone.now())
        assert balance(bob) == 0

    def test_the_database_allows_no_end_without_a_moment(self, client: Client) -> None:
        top_up = begun(client)
        with pytest.raises(IntegrityError), transaction.atomic():
            TopUp.objects.filter(pk=top_up.pk).update(state=TopUpState.SUCCEEDED)
        assert top_up.check_at - top_up.created_at == timedelta(minutes=2)
