"""The port to the payment provider, by the provider's own library, over HTTP to the sandbox."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from pytest_django import Settings

from payments import stripe_port
from tests.fakes.payment_sandbox import PaymentSandbox

pytestmark = pytest.mark.processes

_numbers = count(1)


def _key() -> str:
    return f"ord_test:{next(_numbers)}"


def _customer() -> stripe_port.Customer:
    return stripe_port.create_customer(
        email="bob@example.org", name="bob", metadata={"user": "usr_1"}, key=_key()
    )


def _charge(
    customer: stripe_port.Customer, *, cents: int = 1200, **metadata: str
) -> stripe_port.Charge:
    return stripe_port.Charge(
        amount_cents=cents, currency="USD", customer_id=customer.id, metadata=metadata
    )


def _paid(sandbox: PaymentSandbox, *, cents: int = 1200) -> stripe_port.Intent:
    intent = stripe_port.create_intent(_charge(_customer(), cents=cents), key=_key())
    sandbox.control(f"intents/{intent.id}/pay")
    return stripe_port.retrieve_intent(intent.id)


def _card(
    sandbox: PaymentSandbox, customer: stripe_port.Customer, name: str = "pm_card_visa"
) -> str:
    return str(sandbox.control(f"customers/{customer.id}/cards", card=name)["id"])


def _seller(sandbox: PaymentSandbox) -> stripe_port.ConnectAccount:
    account = stripe_port.create_account(
        email="alice@example.org", country="US", metadata={"vendor": "ven_1"}, key=_key()
    )
    sandbox.control(f"accounts/{account.id}/complete")
    return stripe_port.retrieve_account(account.id)


def _transfer(
    account: stripe_port.ConnectAccount, *, cents: int, group: str
) -> stripe_port.Transfer:
    return stripe_port.create_transfer(
        account_id=account.id,
        amount_cents=cents,
        currency="USD",
        transfer_group=group,
        metadata={},
        key=_key(),
    )


class TestIntents:
    def test_a_new_one_waits_for_a_card(self, sandbox: PaymentSandbox) -> None:
        customer = _customer()
        charge = stripe_port.Charge(
            amount_cents=1200,
            currency="USD",
            customer_id=customer.id,
            description="pdf-tools",
            statement_suffix="PDF TOOLS",
            transfer_group="order:ord_1",
            metadata={"order": "ord_1"},
        )
        intent = stripe_port.create_intent(charge, key=_key(), saves_method=True)
        assert (intent.status, intent.amount_cents) == ("requires_payment_method", 1200)
        assert (intent.currency, intent.customer_id) == ("USD", customer.id)
        assert (intent.metadata, intent.transfer_group) == ({"order": "ord_1"}, "order:ord_1")
        assert intent.client_secret.startswith(f"{intent.id}_secret_")
        assert intent.created_at > datetime.now(tz=UTC) - timedelta(minutes=1)

    def test_it_speaks_the_version_it_was_written_for(self, sandbox: PaymentSandbox) -> None:
        _customer()
        assert sandbox.requests[-1]["version"] == "2026-10-28.endive"

    def test_a_paid_one_names_its_charge(self, sandbox: PaymentSandbox) -> None:
        intent = _paid(sandbox)
        assert (intent.status, intent.received_cents) == ("succeeded", 1200)
        assert (intent.charge_id or "").startswith("ch_")
        assert sandbox.totals["charges"] == 1200

    def test_a_canceled_one_can_no_longer_be_paid(self, sandbox: PaymentSandbox) -> None:
        intent = stripe_port.create_intent(_charge(_customer()), key=_key())
        assert stripe_port.cancel_intent(intent.id, key=_key()).status == "canceled"
        with pytest.raises(stripe_port.ProviderRefused) as refused:
            stripe_port.cancel_intent(intent.id, key=_key())
        assert refused.value.code == "payment_intent_unexpected_state"

    def test_they_are_listed_beyond_one_page(self, sandbox: PaymentSandbox) -> None:
        customer, other = _customer(), _customer()
        made = [stripe_port.create_intent(_charge(customer), key=_key()).id for _ in range(103)]
        stripe_port.create_intent(_charge(other), key=_key())
        listed = stripe_port.list_intents(customer_id=customer.id)
        assert [intent.id for intent in listed] == made[::-1]

    def test_they_are_listed_by_time(self, sandbox: PaymentSandbox) -> None:
        stripe_port.create_intent(_charge(_customer()), key=_key())
        moment = datetime.now(tz=UTC) + timedelta(hours=1)
        assert len(stripe_port.list_intents(created_before=moment)) == 1
        assert stripe_port.list_intents(created_from=moment) == ()

    def test_one_that_does_not_exist_is_refused(self, sandbox: PaymentSandbox) -> None:
        with pytest.raises(stripe_port.ProviderRefused) as refused:
            stripe_port.retrieve_intent("pi_nothing")
        assert refused.value.code == "resource_missing"

    def test_less_than_the_provider_takes_is_refused(self, sandbox: PaymentSandbox) -> None:
        with pytest.raises(stripe_port.ProviderRefused) as refused:
            stripe_port.create_intent(_charge(_customer(), cents=49), key=_key())
        assert refused.value.code == "amount_too_small"


class TestSavedCards:
    def test_one_is_charged_while_its_owner_is_away(self, sandbox: PaymentSandbox) -> None:
        customer = _customer()
        card = _card(sandbox, customer)
        intent = stripe_port.charge_saved_method(
            _charge(customer), payment_method_id=card, key=_key()
        )
        assert (intent.status, intent.payment_method_id) == ("succeeded", card)

    def test_a_declined_one_says_why_and_leaves_the_intent(self, sandbox: PaymentSandbox) -> None:
        customer = _customer()
        card = _card(sandbox, customer, "pm_card_chargeCustomerFail")
        with pytest.raises(stripe_port.ProviderDeclined) as declined:
            stripe_port.charge_saved_method(_charge(customer), payment_method_id=card, key=_key())
        assert declined.value.code == "generic_decline"
        assert declined.value.intent is not None
        assert declined.value.intent.status == "requires_payment_method"
        assert sandbox.totals["charges"] == 0

    def test_one_that_asks_needs_its_owner(self, sandbox: PaymentSandbox) -> None:
        customer = _customer()
        card = _card(sandbox, customer, "pm_card_authenticationRequired")
        with pytest.raises(stripe_port.AuthenticationRequired) as asked:
            stripe_port.charge_saved_method(_charge(customer), payment_method_id=card, key=_key())
        assert asked.value.intent is not None
        sandbox.control(f"intents/{asked.value.intent.id}/authenticate")
        assert stripe_port.retrieve_intent(asked.value.intent.id).status == "succeeded"

    def test_somebody_elses_is_refused(self, sandbox: PaymentSandbox) -> None:
        card = _card(sandbox, _customer())
        with pytest.raises(stripe_port.ProviderRefused):
            stripe_port.charge_saved_method(
                _charge(_customer()), payment_method_id=card, key=_key()
            )

    def test_one_is_saved_by_a_setup_intent(self, sandbox: PaymentSandbox) -> None:
        customer = _customer()
        setup = stripe_port.create_setup_intent(
            customer_id=customer.id, metadata={"user": "usr_1"}, key=_key()
        )
        assert setup.status == "requires_payment_method"
        sandbox.control(f"intents/{setup.id}/pay")
        saved = stripe_port.retrieve_setup_intent(setup.id)
        (card,) = stripe_port.list_payment_methods(customer.id)
        assert (saved.status, saved.payment_method_id) == ("succeeded", card.id)
        assert (card.brand, card.last4, card.customer_id) == ("visa", "4242", customer.id)
        assert stripe_port.retrieve_payment_method(card.id) == card

    def test_a_detached_one_is_no_longer_listed(self, sandbox: PaymentSandbox) -> None:
        customer = _customer()
        card = _card(sandbox, customer)
        assert stripe_port.detach_payment_method(card, key=_key()).customer_id is None
        assert stripe_port.list_payment_methods(customer.id) == ()

    def test_a_declined_setup_says_why(self, sandbox: PaymentSandbox) -> None:
        setup = stripe_port.create_setup_intent(customer_id=_customer().id, metadata={}, key=_key())
        sandbox.control(f"intents/{setup.id}/decline")
        assert stripe_port.retrieve_setup_intent(setup.id).failure_code == "generic_decline"


class TestRefunds:
    def test_one_goes_back_to_the_card(self, sandbox: PaymentSandbox) -> None:
        intent = _paid(sandbox)
        refund = stripe_port.create_refund(
            intent.id, amount_cents=500, metadata={"refund": "ref_1"}, key=_key()
        )
        assert (refund.status, refund.amount_cents, refund.currency) == ("succeeded", 500, "USD")
        assert (refund.intent_id, refund.metadata) == (intent.id, {"refund": "ref_1"})
        assert stripe_port.retrieve_refund(refund.id) == refund
        assert stripe_port.list_refunds(intent.id) == (refund,)
        assert sandbox.totals["refunds"] == 500

    def test_more_than_is_left_is_refused(self, sandbox: PaymentSandbox) -> None:
        intent = _paid(sandbox)
        stripe_port.create_refund(intent.id, amount_cents=700, metadata={}, key=_key())
        with pytest.raises(stripe_port.ProviderRefused):
            stripe_port.create_refund(intent.id, amount_cents=501, metadata={}, key=_key())

    def test_one_can_fail_later(self, sandbox: PaymentSandbox) -> None:
        intent = _paid(sandbox)
        pending = stripe_port.create_refund(
            intent.id, amount_cents=500, metadata={"sandbox_refund": "pending"}, key=_key()
        )
        assert pending.status == "pending"
        sandbox.control(f"refunds/{pending.id}/fail")
        failed = stripe_port.retrieve_refund(pending.id)
        assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
        assert sandbox.totals["refunds"] == 0


class TestDisputes:
    @pytest.mark.parametrize(
        ("act", "status", "gone_cents"), [("win", "won", 0), ("lose", "lost", 1200)]
    )
    def test_one_takes_the_money_until_it_is_won(
        self, sandbox: PaymentSandbox, act: str, status: str, gone_cents: int
    ) -> None:
        intent = _paid(sandbox)
        sandbox.control(f"charges/{intent.id}/dispute")
        (opened,) = stripe_port.list_disputes(intent.id)
        assert (opened.status, opened.amount_cents) == ("needs_response", 1200)
        assert (opened.intent_id, opened.charge_id) == (intent.id, intent.charge_id)
        assert opened.evidence_due_at is not None
        assert sandbox.totals["disputes"] == 1200
        sandbox.control(f"disputes/{opened.id}/{act}")
        assert stripe_port.retrieve_dispute(opened.id).status == status
        assert sandbox.totals["disputes"] == gone_cents

    def test_a_question_of_a_bank_takes_no_money(self, sandbox: PaymentSandbox) -> None:
        intent = _paid(sandbox)
        asked = str(sandbox.control(f"charges/{intent.id}/dispute", inquiry="true")["id"])
        assert stripe_port.retrieve_dispute(asked).status == "warning_needs_response"
        assert sandbox.totals["disputes"] == 0
        sandbox.control(f"disputes/{asked}/escalate")
        assert stripe_port.retrieve_dispute(asked).status == "needs_response"
        assert sandbox.totals["disputes"] == 1200

    def test_disputes_of_all_payments_are_listed_by_time(self, sandbox: PaymentSandbox) -> None:
        intents = [_paid(sandbox) for _ in range(2)]
        for intent in intents:
            sandbox.control(f"charges/{intent.id}/dispute")
        now = datetime.now(tz=UTC)
        listed = stripe_port.list_disputes(created_from=now - timedelta(minutes=1))
        assert {each.intent_id for each in listed} == {intent.id for intent in intents}
        assert stripe_port.list_disputes(created_from=now + timedelta(minutes=1)) == ()


class TestConnect:
    def test_a_new_account_cannot_receive(self, sandbox: PaymentSandbox) -> None:
        account = stripe_port.create_account(
            email="alice@example.org", country="US", metadata={"vendor": "ven_1"}, key=_key()
        )
        assert (account.details_submitted, account.can_receive) == (False, False)
        assert "external_account" in account.currently_due
        with pytest.raises(stripe_port.ProviderRefused) as refused:
            _transfer(account, cents=100, group="payout:pay_1")
        assert refused.value.code == "insufficient_capabilities_for_transfer"

    def test_a_complete_account_can(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        assert (account.payouts_enabled, account.can_receive) == (True, True)
        assert (account.currently_due, account.disabled_reason) == ((), None)

    def test_a_restricted_account_says_what_it_lacks(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        sandbox.control(f"accounts/{account.id}/restrict", reason="rejected.fraud")
        restricted = stripe_port.retrieve_account(account.id)
        assert (restricted.can_receive, restricted.disabled_reason) == (False, "rejected.fraud")
        assert restricted.currently_due == ("individual.verification.document",)

    def test_a_link_leads_to_onboarding(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        link = stripe_port.create_account_link(
            account.id, return_url=f"{sandbox.site}/back", refresh_url=f"{sandbox.site}/again"
        )
        assert f":{sandbox.port}/onboarding/link_" in link.url
        assert link.expires_at > datetime.now(tz=UTC)

    def test_a_link_back_to_elsewhere_is_refused(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        with pytest.raises(stripe_port.ProviderRefused):
            stripe_port.create_account_link(
                account.id, return_url="http://evil.example/", refresh_url=f"{sandbox.site}/again"
            )

    def test_a_transfer_is_found_by_its_group(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        _paid(sandbox)
        transfer = _transfer(account, cents=1000, group="payout:pay_1")
        assert (transfer.amount_cents, transfer.account_id) == (1000, account.id)
        assert stripe_port.retrieve_transfer(transfer.id) == transfer
        assert stripe_port.list_transfers("payout:pay_1") == (transfer,)
        assert stripe_port.list_transfers("payout:pay_2") == ()
        assert sandbox.totals["balance"] == 200

    def test_more_than_there_is_cannot_be_sent(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        _paid(sandbox)
        with pytest.raises(stripe_port.ProviderRefused) as refused:
            _transfer(account, cents=1201, group="payout:pay_1")
        assert refused.value.code == "balance_insufficient"

    def test_a_reversal_brings_it_back(self, sandbox: PaymentSandbox) -> None:
        account = _seller(sandbox)
        _paid(sandbox)
        transfer = _transfer(account, cents=1000, group="payout:pay_1")
        reversal = stripe_port.reverse_transfer(
            transfer.id, amount_cents=400, metadata={}, key=_key()
        )
        assert (reversal.transfer_id, reversal.amount_cents) == (transfer.id, 400)
        assert stripe_port.retrieve_transfer(transfer.id).reversed_cents == 400
        assert sandbox.totals["transfers"] == 600


class TestBorders:
    @pytest.mark.parametrize("key", ["sk_test_wrong", "sk_test_sandbox2"])
    def test_a_wrong_key_is_refused_for_good(
        self, sandbox: PaymentSandbox, settings: Settings, key: str
    ) -> None:
        settings.STRIPE_SECRET_KEY = key
        with pytest.raises(stripe_port.ProviderRefused):
            _customer()

    def test_without_a_key_nothing_is_sent(
        self, sandbox: PaymentSandbox, settings: Settings
    ) -> None:
        settings.STRIPE_SECRET_KEY = ""
        with pytest.raises(stripe_port.ProviderNotConfigured) as missing:
            _customer()
        assert missing.value.setting == "STRIPE_SECRET_KEY"

    def test_nobody_there_means_that_nothing_happened(
        self, settings: Settings, free_port: int
    ) -> None:
        settings.STRIPE_SECRET_KEY = "sk_test_sandbox"
        settings.STRIPE_API_URL = f"http://127.0.0.1:{free_port}"
        with pytest.raises(stripe_port.ProviderBusy):
            stripe_port.create_customer(email="", name="bob", metadata={}, key=_key())

    @pytest.mark.django_db
    def test_no_call_is_made_inside_a_transaction(self, sandbox: PaymentSandbox) -> None:
        with transaction.atomic(), pytest.raises(stripe_port.CalledInTransaction):
            _customer()
        assert sandbox.requests == []

    @pytest.mark.django_db
    def test_the_transaction_around_a_test_does_not_count(self, sandbox: PaymentSandbox) -> None:
        assert _customer().email == "bob@example.org"

    @pytest.mark.django_db(transaction=True)
    def test_nor_is_one_made_inside_the_outermost(self, sandbox: PaymentSandbox) -> None:
        with transaction.atomic(), pytest.raises(stripe_port.CalledInTransaction):
            stripe_port.retrieve_intent("pi_1")
