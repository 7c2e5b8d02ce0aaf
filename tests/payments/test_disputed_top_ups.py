"""Disputes of top-ups: what is there is held, the rest is owed, and the wallet is frozen."""

from dataclasses import replace

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Organization, User
from audit.actions import Action
from audit.models import Event
from payments import (
    auto_top_up,
    chargebacks,
    ledger_check,
    settlement,
    stripe_port,
)
from payments.errors import PaymentMismatch
from payments.models import (
    AutoTopUp,
    Chargeback,
    ChargebackState,
    TopUp,
    WalletFreeze,
)
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import OrganizationFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.payments.disputing import (
    decide,
    dispute,
    ended,
    filled,
    hear,
    is_frozen,
    opened,
    owed,
    spend,
)
from tests.payments.paying import balance

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books_agree")]


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token, at a provider whose events nobody carries to us."""
    return Bearer(bob, BUYER).client


class TestOpened:
    def test_what_is_in_the_wallet_is_held(
        self, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        chargeback = opened(sandbox, top_up)
        assert (chargeback.state, chargeback.top_up) == (ChargebackState.OPEN, top_up)
        assert (chargeback.amount_cents, chargeback.receivable_cents) == (1000, 0)
        assert (chargeback.reason, chargeback.currency) == ("fraudulent", "USD")
        assert chargeback.evidence_due_at is not None
        assert (balance(bob), owed(bob), is_frozen(bob)) == (0, 0, True)

    def test_what_is_spent_is_owed(self, top_up: TopUp, sandbox: PaymentSandbox, bob: User) -> None:
        spend(bob, 700)
        chargeback = opened(sandbox, top_up)
        assert (chargeback.party_cents, chargeback.receivable_cents) == (300, 700)
        assert (balance(bob), owed(bob), is_frozen(bob)) == (0, 700, True)

    def test_of_a_part_the_rest_stays(
        self, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        opened(sandbox, top_up, amount="400")
        assert (balance(bob), owed(bob), is_frozen(bob)) == (600, 0, True)

    def test_nothing_can_be_bought(
        self, client: Client, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        opened(sandbox, top_up, amount="400")
        wallet = client.get("/v1/wallet").json()
        assert (wallet["balanceCents"], wallet["availableCents"]) == (600, 0)

    def test_an_organizations_is_its_own(self, bob: User, sandbox: PaymentSandbox) -> None:
        organization: Organization = OrganizationFactory.create()
        client = Bearer(bob, BUYER, organization=organization).client
        opened(sandbox, filled(client, sandbox))
        assert is_frozen(organization)
        assert not is_frozen(bob)

    def test_a_bank_that_only_asks_moves_nothing(
        self, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        dispute_id = dispute(sandbox, top_up.intent_id, inquiry="true")
        hear(dispute_id)
        assert not Chargeback.objects.exists()
        decide(sandbox, dispute_id, "win")
        assert settlement.settle("dispute", dispute_id, now=timezone.now())
        assert (balance(bob), is_frozen(bob)) == (1000, False)
        assert stripe_port.retrieve_dispute(dispute_id).status == "warning_closed"

    def test_a_question_that_becomes_a_dispute_moves_it(
        self, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        dispute_id = dispute(sandbox, top_up.intent_id, inquiry="true")
        hear(dispute_id)
        decide(sandbox, dispute_id, "escalate")
        hear(dispute_id)
        assert (balance(bob), is_frozen(bob)) == (0, True)

    def test_a_wallet_that_fills_itself_stops(self, top_up: TopUp, sandbox: PaymentSandbox) -> None:
        card = str(sandbox.control(f"customers/{top_up.payer.customer_id}/cards")["id"])
        top_up.payer.default_method_id = card
        top_up.payer.save(update_fields=["default_method_id"])
        auto = AutoTopUp.objects.create(payer=top_up.payer, is_enabled=True)
        opened(sandbox, top_up)
        assert auto_top_up.fill(auto.pk, now=timezone.now()) is None


class TestWon:
    def test_everything_comes_back(self, top_up: TopUp, sandbox: PaymentSandbox, bob: User) -> None:
        spend(bob, 700)
        won = ended(sandbox, opened(sandbox, top_up), "win")
        assert won.state == ChargebackState.WON
        assert (balance(bob), owed(bob), is_frozen(bob)) == (300, 0, False)

    def test_the_statement_has_a_line_for_each(
        self, client: Client, top_up: TopUp, sandbox: PaymentSandbox
    ) -> None:
        ended(sandbox, opened(sandbox, top_up), "win")
        lines = client.get("/v1/wallet/statement").json()["items"]
        assert [(line["what"], line["amountCents"], line["balanceCents"]) for line in lines] == [
            ("Dispute won", 1000, 1000),
            ("Disputed payment", -1000, 0),
            ("Top-up", 1000, 1000),
        ]

    def test_another_dispute_keeps_it_frozen(
        self, client: Client, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        second = filled(client, sandbox, 2000)
        spend(bob, 2500)
        one, other = opened(sandbox, top_up), opened(sandbox, second)
        assert (balance(bob), owed(bob)) == (0, 2500)
        ended(sandbox, one, "win")
        assert (balance(bob), owed(bob), is_frozen(bob)) == (500, 2000, True)
        ended(sandbox, other, "win")
        assert (balance(bob), owed(bob), is_frozen(bob)) == (500, 0, False)

    def test_it_pays_what_a_lost_one_left_owed(
        self, client: Client, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        spend(bob, 400)
        second = filled(client, sandbox, 2000)
        other = opened(sandbox, second)
        lost = opened(sandbox, top_up)
        assert (balance(bob), owed(bob)) == (0, 400)
        ended(sandbox, lost, "lose")
        assert (balance(bob), owed(bob), is_frozen(bob)) == (0, 400, True)
        ended(sandbox, other, "win")
        assert (balance(bob), owed(bob), is_frozen(bob)) == (1600, 0, False)


class TestLost:
    def test_it_is_gone_and_the_wallet_stays_frozen(
        self, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        spend(bob, 700)
        lost = ended(sandbox, opened(sandbox, top_up), "lose")
        assert lost.state == ChargebackState.LOST
        assert (balance(bob), owed(bob), is_frozen(bob)) == (0, 700, True)

    def test_a_top_up_pays_the_debt_and_frees_the_wallet(
        self, client: Client, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        spend(bob, 700)
        ended(sandbox, opened(sandbox, top_up), "lose")
        filled(client, sandbox, 500)
        assert (balance(bob), owed(bob), is_frozen(bob)) == (0, 200, True)
        filled(client, sandbox, 500)
        assert (balance(bob), owed(bob), is_frozen(bob)) == (300, 0, False)
        assert Event.objects.filter(action=Action.DEBT_PAID).count() == 2

    def test_while_it_is_open_no_debt_is_collected(
        self, client: Client, top_up: TopUp, sandbox: PaymentSandbox, bob: User
    ) -> None:
        spend(bob, 700)
        chargeback = opened(sandbox, top_up)
        filled(client, sandbox, 1500)
        assert (balance(bob), owed(bob), is_frozen(bob)) == (1500, 700, True)
        ended(sandbox, chargeback, "lose")
        assert (balance(bob), owed(bob), is_frozen(bob)) == (800, 0, False)

    def test_the_provider_reopens_nothing(self, top_up: TopUp, sandbox: PaymentSandbox) -> None:
        lost = ended(sandbox, opened(sandbox, top_up), "lose")
        shown = stripe_port.retrieve_dispute(lost.provider_id)
        with pytest.raises(PaymentMismatch):
            chargebacks.bear(replace(shown, status="won"), now=timezone.now())
        assert chargebacks.bear(replace(shown, status="under_review"), now=timezone.now())
        lost.refresh_from_db()
        assert lost.state == ChargebackState.LOST

    def test_another_amount_than_before_is_refused(
        self, top_up: TopUp, sandbox: PaymentSandbox
    ) -> None:
        chargeback = opened(sandbox, top_up)
        shown = stripe_port.retrieve_dispute(chargeback.provider_id)
        for wrong in (replace(shown, amount_cents=999), replace(shown, currency="EUR")):
            with pytest.raises(PaymentMismatch):
                chargebacks.bear(wrong, now=timezone.now())

    def test_more_than_was_paid_is_refused(self, top_up: TopUp, sandbox: PaymentSandbox) -> None:
        dispute_id = dispute(sandbox, top_up.intent_id)
        shown = stripe_port.retrieve_dispute(dispute_id)
        with pytest.raises(PaymentMismatch):
            chargebacks.bear(replace(shown, amount_cents=1001), now=timezone.now())
        hear(dispute_id)


class TestTold:
    @pytest.mark.parametrize(
        ("act", "said"), [("win", "back in your wallet"), ("lose", "you owe $7.00")]
    )
    def test_the_owner_is_told(
        self,
        top_up: TopUp,
        sandbox: PaymentSandbox,
        bob: User,
        mailbox: list[EmailMessage],
        settings: Settings,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
        act: str,
        said: str,
    ) -> None:
        settings.OPERATOR_EMAILS = ["ops@example.org"]
        spend(bob, 700)
        with django_capture_on_commit_callbacks(execute=True):
            chargeback = opened(sandbox, top_up)
        told, operators = mailbox
        assert "is frozen until it decides" in told.body
        assert told.to == [bob.email]
        assert chargeback.provider_id in operators.body
        with django_capture_on_commit_callbacks(execute=True):
            ended(sandbox, chargeback, act)
        assert len(mailbox) == 3
        assert said in mailbox[-1].body

    def test_it_stands_in_the_trail(self, top_up: TopUp, sandbox: PaymentSandbox) -> None:
        chargeback = ended(sandbox, opened(sandbox, top_up), "win")
        actions = [Action.CHARGEBACK_OPENED, Action.CHARGEBACK_WON]
        rows = Event.objects.filter(subject=chargeback.subject).order_by("pk")
        assert [row.action for row in rows] == actions
        wallet = Event.objects.filter(action__startswith="wallet.").order_by("pk")
        assert [row.action for row in wallet] == [Action.WALLET_FROZEN, Action.WALLET_UNFROZEN]

    def test_who_is_concerned_cannot_go(
        self, top_up: TopUp, sandbox: PaymentSandbox, bob: User, charlie: User
    ) -> None:
        chargeback = opened(sandbox, top_up)
        open_ones = Chargeback.objects.open()
        assert list(open_ones.concerning(bob)) == [chargeback]
        assert not open_ones.concerning(charlie).exists()


class TestTheDatabase:
    def test_it_wants_one_order_or_one_top_up(self) -> None:
        facts = {"provider_id": "dp_1", "amount_cents": 1, "currency": "USD"}
        with pytest.raises(IntegrityError, match="of_order_or_top_up"), transaction.atomic():
            Chargeback.objects.create(disputed_at=timezone.now(), **facts)

    @pytest.mark.parametrize(
        ("changes", "rule"),
        [
            ({"receivable_cents": 1}, "a chargeback has moved what it says"),
            ({"amount_cents": 1001}, "a chargeback has moved what it says"),
            (
                {"state": ChargebackState.WON, "ended_at": timezone.now()},
                "a win has moved all of it back, and nothing else has",
            ),
        ],
    )
    def test_wrong_rows_are_found(
        self, top_up: TopUp, sandbox: PaymentSandbox, changes: dict[str, object], rule: str
    ) -> None:
        chargeback = opened(sandbox, top_up)
        before = {name: getattr(chargeback, name) for name in changes}
        Chargeback.objects.filter(pk=chargeback.pk).update(**changes)
        assert rule in {fault.rule for fault in ledger_check.faults()}
        Chargeback.objects.filter(pk=chargeback.pk).update(**before)

    def test_a_wallet_that_is_not_frozen_is_found(
        self, top_up: TopUp, sandbox: PaymentSandbox
    ) -> None:
        opened(sandbox, top_up)
        WalletFreeze.objects.update(lifted_at=timezone.now(), lift_reason="gone")
        assert {fault.rule for fault in ledger_check.faults()} == {
            "a wallet is frozen if and only if a reason stands",
            "an open dispute of a top-up keeps its wallet frozen",
        }
        WalletFreeze.objects.update(lifted_at=None, lift_reason="")
