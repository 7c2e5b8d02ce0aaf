"""Wallets that fill themselves: within their rule, one at a time, and never past two declines."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.mail import deliver
from accounts.models import Role, User
from audit.actions import Action
from audit.models import Event
from payments import auto_top_up, payers, reconciliation, stripe_port, top_up_mail
from payments.models import AutoTopUp, TopUp, TopUpSource, TopUpState
from tests import signed_in
from tests.bearer import Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.money import fill
from tests.payments.paying import balance

pytestmark = pytest.mark.django_db

PATH = "/v1/wallet/auto-top-up"
RULE = {
    "isEnabled": True,
    "thresholdCents": 500,
    "amountCents": 1000,
    "monthlyCeilingCents": 2500,
}


@pytest.fixture
def client(bob: User, sandbox: PaymentSandbox) -> Client:
    """Bob's token for his account, at a provider that is there."""
    return Bearer(bob, "account read").client


def save_card(bob: User, sandbox: PaymentSandbox, card: str = "pm_card_visa") -> str:
    """Save a card of Bob's as his default; return its id."""
    payer = payers.payer_of(bob)
    customer = payers.customer_of(payer)
    method: str = sandbox.control(f"customers/{customer}/cards", card=card)["id"]
    payer.default_method_id = method
    payer.save(update_fields=["default_method_id"])
    return method


def put(client: Client, **changes: object) -> Any:
    """Set the rule; return the answer."""
    return client.put(PATH, RULE | changes, content_type="application/json")


def ready(client: Client, bob: User, sandbox: PaymentSandbox, **changes: object) -> AutoTopUp:
    """Save a card that works and set the rule; return its row."""
    save_card(bob, sandbox)
    answer = put(client, **changes)
    assert answer.status_code == 200, answer.json()
    return AutoTopUp.objects.get()


def filled(auto: AutoTopUp, *, at: datetime | None = None) -> TopUp | None:
    """Fill the wallet as the sweep does; return the row as it stands."""
    begun = auto_top_up.fill(auto.pk, now=at or timezone.now())
    return TopUp.objects.get(pk=begun.pk) if begun else None


class TestTheRule:
    def test_it_is_off_until_somebody_sets_it(self, client: Client) -> None:
        answer = client.get(PATH).json()
        assert (answer["isEnabled"], answer["stoppedAt"]) == (False, None)

    def test_it_needs_a_saved_card(self, client: Client) -> None:
        answer = put(client)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_saved_card")
        assert put(client, isEnabled=False).status_code == 200

    def test_setting_it_stands_in_the_trail(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        ready(client, bob, sandbox)
        event = Event.objects.get(action=Action.AUTO_TOP_UP_CHANGED)
        assert '"monthlyCeilingCents":2500' in event.data
        assert client.get(PATH).json()["isEnabled"] is True

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("amountCents", 499),
            ("amountCents", 50_001),
            ("amountCents", "1000"),
            ("amountCents", 10.0),
            ("thresholdCents", 0),
            ("thresholdCents", -1),
            ("monthlyCeilingCents", 999),
            ("monthlyCeilingCents", 10**12),
            ("isEnabled", "yes"),
            ("currency", "EUR"),
        ],
    )
    def test_other_values_are_refused(
        self, client: Client, bob: User, sandbox: PaymentSandbox, field: str, value: object
    ) -> None:
        save_card(bob, sandbox)
        answer = put(client, **{field: value})
        assert (answer.status_code, list(answer.json()["details"])) == (422, [field])
        assert not AutoTopUp.objects.exists()

    def test_a_token_for_purchases_does_not_set_it(self, bob: User) -> None:
        answer = put(Bearer(bob, "purchase read").client)
        assert answer.json()["code"] == "missing_scope"

    def test_the_database_holds_the_end_after_declines(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        with pytest.raises(IntegrityError), transaction.atomic():
            AutoTopUp.objects.filter(pk=auto.pk).update(declines=2)


class TestFilling:
    def test_a_low_wallet_is_filled_once(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        assert auto_top_up.sweep() == 1
        top_up = filled(auto)
        assert top_up is not None
        assert (top_up.state, top_up.source) == (TopUpState.SUCCEEDED, TopUpSource.AUTOMATIC)
        assert balance(bob) == 1000
        assert auto_top_up.sweep() == 0
        assert filled(auto) is None

    def test_one_that_holds_enough_is_left_alone(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        fill(bob, 500)
        assert auto_top_up.sweep() == 0
        assert filled(auto) is None

    def test_the_month_has_a_ceiling(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox, thresholdCents=50_000)
        at = timezone.now()
        assert [filled(auto, at=at) is not None for _ in range(3)] == [True, True, False]
        assert balance(bob) == 2000
        assert client.get(PATH).json()["spentThisMonthCents"] == 2000
        assert filled(auto, at=at + timedelta(days=32)) is not None

    def test_whoever_may_not_sign_in_is_not_charged(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        User.objects.filter(pk=bob.pk).update(is_active=False)
        assert filled(auto) is None

    def test_a_site_without_payments_charges_nobody(
        self, client: Client, bob: User, sandbox: PaymentSandbox, settings: Settings
    ) -> None:
        auto = ready(client, bob, sandbox)
        settings.PAYMENTS_ENABLED = False
        assert filled(auto) is None

    def test_two_at_once_are_one(self, client: Client, bob: User, sandbox: PaymentSandbox) -> None:
        auto = ready(client, bob, sandbox)
        TopUp.objects.create(
            payer=auto.payer,
            source=TopUpSource.AUTOMATIC,
            method_id="pm_1",
            amount_cents=1000,
            currency="USD",
            check_at=timezone.now(),
        )
        assert filled(auto) is None
        assert TopUp.objects.count() == 1

    def test_two_declines_end_it_and_its_owner_is_told(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        save_card(bob, sandbox, "pm_card_chargeCustomerFail")
        at = timezone.now()
        first = filled(auto, at=at)
        assert first is not None
        assert first.state == TopUpState.FAILED
        assert filled(auto, at=at + timedelta(minutes=59)) is None
        second = filled(auto, at=at + timedelta(minutes=61))
        assert second is not None
        auto.refresh_from_db()
        assert (auto.is_enabled, auto.declines) == (False, 2)
        assert auto.stopped_at is not None
        assert Event.objects.filter(action=Action.AUTO_TOP_UP_STOPPED).count() == 1
        assert filled(auto, at=at + timedelta(days=1)) is None
        deliver(top_up_mail.stopped(auto), to=bob.email)
        assert "/wallet/auto-top-up" in str(mail.outbox[0].body)
        assert balance(bob) == 0

    def test_of_an_organization_its_admins_are_told(
        self,
        bob: User,
        charlie: User,
        mailbox: list[EmailMessage],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        acme = OrganizationFactory.create()
        MembershipFactory.create(organization=acme, user=bob, role=Role.MEMBER)
        MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
        top_up = TopUp.objects.create(
            payer=payers.payer_of(acme),
            source=TopUpSource.AUTOMATIC,
            method_id="pm_card_visa",
            amount_cents=1_000,
            currency="USD",
            check_at=timezone.now(),
        )
        with django_capture_on_commit_callbacks(execute=True):
            top_up_mail.send(top_up_mail.failed(top_up), about=top_up)
        assert [sent.to for sent in mailbox] == [[charlie.email]]

    def test_a_success_forgets_a_decline(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        AutoTopUp.objects.update(declines=1)
        assert filled(auto) is not None
        auto.refresh_from_db()
        assert auto.declines == 0

    def test_a_bank_that_asks_counts_as_a_decline_and_is_called_off(
        self, client: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        auto = ready(client, bob, sandbox)
        save_card(bob, sandbox, "pm_card_authenticationRequired")
        top_up = filled(auto)
        assert top_up is not None
        assert (top_up.state, top_up.failure_code) == (TopUpState.FAILED, "authentication_required")
        reconciliation.reconcile("top", top_up.pk, now=timezone.now() + timedelta(seconds=1))
        top_up.refresh_from_db()
        assert not top_up.is_open
        assert stripe_port.retrieve_intent(top_up.intent_id or "").status == "canceled"

    @pytest.mark.parametrize("fault", ["timeout_after_commit", "server_error", "timeout_before"])
    def test_whatever_becomes_of_the_answer_it_charges_once(
        self, client: Client, bob: User, sandbox: PaymentSandbox, fault: str
    ) -> None:
        auto = ready(client, bob, sandbox)
        sandbox.control("faults", path="/v1/payment_intents", fault=fault, times="3")
        top_up = filled(auto)
        assert top_up is not None
        assert top_up.state == TopUpState.PENDING
        assert filled(auto) is None
        reconciliation.reconcile("top", top_up.pk, now=top_up.check_at)
        top_up.refresh_from_db()
        assert (top_up.state, balance(bob)) == (TopUpState.SUCCEEDED, 1000)
        assert sandbox.totals["charges"] == 1000


class TestThePage:
    @pytest.fixture
    def browser(self, bob: User, sandbox: PaymentSandbox) -> Client:
        client = Client()
        signed_in.sign_in(client, bob)
        return client

    def _send(self, browser: Client, **more: str) -> Any:
        form = {"is_enabled": "on", "threshold": "5", "amount": "10.00", "monthly_ceiling": "25"}
        return browser.post("/wallet/auto-top-up", form | more)

    def test_it_says_what_is_missing_and_then_saves(
        self, browser: Client, bob: User, sandbox: PaymentSandbox
    ) -> None:
        assert b"Automatic top-up" in browser.get("/wallet/auto-top-up").content
        answer = self._send(browser)
        assert (answer.status_code, b"Save a card first" in answer.content) == (422, True)
        save_card(bob, sandbox)
        assert self._send(browser).status_code == 302
        auto = AutoTopUp.objects.get()
        assert (auto.threshold_cents, auto.amount_cents, auto.is_enabled) == (500, 1000, True)

    def test_shown_for_another_wallet_it_sets_nothing(
        self, bob: User, sandbox: PaymentSandbox
    ) -> None:
        save_card(bob, sandbox)
        acme = OrganizationFactory.create()
        MembershipFactory.create(organization=acme, user=bob, role=Role.ADMIN)
        browser = signed_in.acting_for(acme, bob)
        shown = browser.get("/wallet/auto-top-up").content.decode()
        assert f'name="acting_for" value="{acme.public_id}"' in shown
        browser.post("/settings/acting", {"organization": ""})
        assert self._send(browser, acting_for=acme.public_id).status_code == 302
        assert not AutoTopUp.objects.exists()

    def test_it_asks_for_a_fresh_proof(self, bob: User, settings: Settings) -> None:
        client = Client()
        signed_in.sign_in(client, bob, proven_ago=timedelta(hours=1))
        assert "/step-up" in client.get("/wallet/auto-top-up")["Location"]
