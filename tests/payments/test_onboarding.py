"""Sellers set up payouts at the provider, who says how they stand."""

from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Vendor
from payments import onboarding, settlement
from payments.errors import InvalidCountry
from payments.models import SellerAccount, SellerStatus
from payments.stripe_port import ProviderBusy
from tests import signed_in
from tests.bearer import Bearer
from tests.factories.catalog import VendorFactory
from tests.fakes.payment_sandbox import PaymentSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(alice: User) -> Vendor:
    made: Vendor = VendorFactory.create(slug="acme", user=alice)
    return made


@pytest.fixture
def browser(alice: User, vendor: Vendor, sandbox: PaymentSandbox, settings: Settings) -> Client:
    """Alice, who has just proved who she is, on the site that the provider knows."""
    settings.SITE_URL = sandbox.site
    return _signed_in(alice)


def _signed_in(user: User, *, proven_ago: timedelta = timedelta()) -> Client:
    client = Client()
    signed_in.sign_in(client, user, proven_ago=proven_ago)
    return client


def account() -> SellerAccount:
    return SellerAccount.objects.get()


def opened(sandbox: PaymentSandbox) -> int:
    """Return how many accounts were opened at the provider."""
    return sum(each["path"] == "/v1/accounts" for each in sandbox.requests)


def test_a_seller_is_led_to_the_provider(
    browser: Client, vendor: Vendor, sandbox: PaymentSandbox
) -> None:
    answer = browser.post("/sell/acme/payouts", {"country": "US"})
    assert "/onboarding/link_" in answer.context["provider_url"]
    row = account()
    assert (row.vendor, row.country, row.status) == (vendor, "US", SellerStatus.BEGUN)
    event = Event.objects.get(action=Action.SELLER_ACCOUNT_OPENED)
    assert (event.subject, event.chain) == (row.subject, "financial")


def test_whoever_comes_back_meets_the_account_that_is_there(
    browser: Client, sandbox: PaymentSandbox
) -> None:
    for _ in range(3):
        browser.post("/sell/acme/payouts", {"country": "US"})
    assert SellerAccount.objects.count() == 1
    assert opened(sandbox) == 1


def test_a_crash_before_the_answer_opens_no_second_account(
    browser: Client, sandbox: PaymentSandbox
) -> None:
    sandbox.control("faults", path="/v1/accounts", fault="timeout_after_commit", times="3")
    assert browser.post("/sell/acme/payouts", {"country": "US"}).status_code == 503
    assert account().account_id is None
    assert browser.post("/sell/acme/payouts", {"country": "US"}).status_code == 200
    known = {each["answer"].get("id") for each in sandbox.requests if each["key"]}
    assert account().account_id in known
    assert Event.objects.filter(action=Action.SELLER_ACCOUNT_OPENED).count() == 1


def test_the_way_back_asks_the_provider(browser: Client, sandbox: PaymentSandbox) -> None:
    browser.post("/sell/acme/payouts", {"country": "US"})
    sandbox.control(f"accounts/{account().account_id}/complete")
    answer = browser.get("/sell/acme/payouts/return", follow=True)
    assert "Payouts to acme: ready." in answer.content.decode()
    assert account().status is SellerStatus.READY


def test_a_spent_link_is_followed_by_a_fresh_one(browser: Client, sandbox: PaymentSandbox) -> None:
    browser.post("/sell/acme/payouts", {"country": "US"})
    answer = browser.get("/sell/acme/payouts/again")
    assert answer.status_code == 302
    assert "/onboarding/link_" in answer["Location"]


@pytest.mark.parametrize("path", ["", "/return", "/again"])
def test_somebody_elses_vendor_does_not_exist(browser: Client, charlie: User, path: str) -> None:
    browser.post("/sell/acme/payouts", {"country": "US"})
    stranger = _signed_in(charlie)
    assert stranger.get(f"/sell/acme/payouts{path}").status_code == 404


def test_a_stolen_session_alone_sends_no_money_elsewhere(
    alice: User, vendor: Vendor, sandbox: PaymentSandbox
) -> None:
    client = _signed_in(alice, proven_ago=timedelta(hours=1))
    assert client.post("/sell/acme/payouts", {"country": "US"}).status_code in (302, 403)
    assert not SellerAccount.objects.exists()


@pytest.mark.parametrize("country", ["", "us", "XX", "USA", "🇺🇸"])
def test_countries_that_cannot_be_paid_to_are_refused(
    browser: Client, alice: User, vendor: Vendor, country: str, now: datetime
) -> None:
    answer = browser.post("/sell/acme/payouts", {"country": country})
    assert answer.context["provider_url"] == ""
    with pytest.raises(InvalidCountry):
        onboarding.begin(vendor, country=country, by=Bearer(alice).actor, now=now)
    assert not SellerAccount.objects.exists()


class TestWhatTheProviderTells:
    @pytest.fixture
    def account_id(self, browser: Client) -> str:
        browser.post("/sell/acme/payouts", {"country": "US"})
        account_id = account().account_id
        assert account_id
        return account_id

    def test_an_event_brings_the_state_of_now(
        self, account_id: str, sandbox: PaymentSandbox, now: datetime
    ) -> None:
        sandbox.control(f"accounts/{account_id}/complete")
        assert settlement.settle("account", account_id, now=now)
        assert account().status is SellerStatus.READY
        sandbox.control(f"accounts/{account_id}/restrict", reason="rejected.fraud")
        assert settlement.settle("account", account_id, now=now)
        assert account().status is SellerStatus.RESTRICTED
        changes = Event.objects.filter(action=Action.SELLER_ACCOUNT_CHANGED)
        assert changes.count() == 2

    def test_the_same_twice_is_told_once(
        self,
        account_id: str,
        sandbox: PaymentSandbox,
        mailbox: list[EmailMessage],
        now: datetime,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        sandbox.control(f"accounts/{account_id}/complete")
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                settlement.settle("account", account_id, now=now)
        assert [letter.subject for letter in mailbox] == ["Payouts are set up: acme"]

    def test_an_account_of_nobody_here_is_ignored(self, now: datetime) -> None:
        assert not settlement.settle("account", "acct_unknown", now=now)

    def test_an_older_answer_does_not_undo_a_newer(
        self, account_id: str, sandbox: PaymentSandbox, now: datetime
    ) -> None:
        sandbox.control(f"accounts/{account_id}/complete")
        SellerAccount.objects.update(checked_at=timezone.now().replace(year=2099))
        settlement.settle("account", account_id, now=now)
        assert account().status is SellerStatus.BEGUN

    def test_a_provider_that_is_away_changes_nothing(
        self, account_id: str, sandbox: PaymentSandbox, now: datetime
    ) -> None:
        sandbox.control("faults", path="/v1/accounts", fault="rate_limited", times="3")
        with pytest.raises(ProviderBusy):
            settlement.settle("account", account_id, now=now)
        assert account().checked_at is None
