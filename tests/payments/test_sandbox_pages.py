"""What a person sees at the sandbox: the page in place of the card form, and onboarding."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from payments import stripe_port
from tests.fakes.payment_sandbox import SITE, PaymentSandbox

pytestmark = pytest.mark.processes

_BACK = f"{SITE}/wallet?tab=top-up"
_ELSEWHERE = [
    "http://evil.example/",
    "https://site.example/",
    "http://site.example.evil.example/",
    "http://site.example@evil.example/",
    "http://site.example:81/",
    "//evil.example/",
    "/wallet",
    "javascript:alert(1)",
    "http://site.example\\@evil.example/",
    "http://site.example/\r\nSet-Cookie: x=1",
    "http://[",
]


@dataclass(frozen=True, slots=True)
class Browser:
    """Asks the sandbox for pages."""

    sandbox: PaymentSandbox

    def get(self, path: str, params: dict[str, str] | None = None) -> httpx.Response:
        """Follow a link."""
        return self.sandbox.client.get(f"{self.sandbox.url}{path}", params=params)

    def post(self, path: str, data: dict[str, str]) -> httpx.Response:
        """Send a form."""
        return self.sandbox.client.post(f"{self.sandbox.url}{path}", data=data)


@pytest.fixture
def browser(sandbox: PaymentSandbox) -> Browser:
    """A browser that is not sent on."""
    return Browser(sandbox)


@pytest.fixture
def customer(sandbox: PaymentSandbox) -> stripe_port.Customer:
    return stripe_port.create_customer(email="", name="bob", metadata={}, key="cus:1")


@pytest.fixture
def intent(customer: stripe_port.Customer) -> stripe_port.Intent:
    charge = stripe_port.Charge(
        amount_cents=123_456,
        currency="USD",
        customer_id=customer.id,
        description="<b>pdf</b> & tools",
    )
    return stripe_port.create_intent(charge, key="ord:1", saves_method=True)


@pytest.fixture
def setup_intent(customer: stripe_port.Customer) -> stripe_port.SetupIntent:
    return stripe_port.create_setup_intent(customer_id=customer.id, metadata={}, key="seti:1")


@pytest.fixture
def account(sandbox: PaymentSandbox) -> stripe_port.ConnectAccount:
    return stripe_port.create_account(email="", country="US", metadata={}, key="acct:1")


def _press(browser: Browser, secret: str, action: str, *, back: str = _BACK) -> httpx.Response:
    return browser.post(f"/confirm/{secret}", data={"action": action, "return_url": back})


def _onboarding(account: stripe_port.ConnectAccount) -> str:
    link = stripe_port.create_account_link(
        account.id, return_url=f"{SITE}/back", refresh_url=f"{SITE}/again"
    )
    return urlsplit(link.url).path


class TestConfirm:
    def test_it_shows_what_is_paid(self, browser: Browser, intent: stripe_port.Intent) -> None:
        page = browser.get(f"/confirm/{intent.client_secret}", params={"return_url": _BACK})
        assert page.status_code == 200
        assert "<h1>Pay 1,234.56 USD</h1>" in page.text
        assert "&lt;b&gt;pdf&lt;/b&gt; &amp; tools" in page.text
        for button in ("Pay", "Decline", "Needs authentication"):
            assert f">{button}</button>" in page.text

    def test_it_needs_no_script_and_allows_none(
        self, browser: Browser, intent: stripe_port.Intent
    ) -> None:
        page = browser.get(f"/confirm/{intent.client_secret}")
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; frame-ancestors 'none'")
        assert f"form-action 'self' {SITE}" in policy
        assert not any(part in page.text for part in ("<script", "<style", "style=", "onclick"))

    def test_paying_leads_back_with_the_outcome(
        self, browser: Browser, intent: stripe_port.Intent
    ) -> None:
        answer = _press(browser, intent.client_secret, "pay")
        assert answer.status_code == 303
        target = urlsplit(answer.headers["Location"])
        assert target._replace(query="").geturl() == f"{SITE}/wallet"
        assert parse_qs(target.query) == {
            "tab": ["top-up"],
            "payment_intent": [intent.id],
            "payment_intent_client_secret": [intent.client_secret],
            "redirect_status": ["succeeded"],
        }
        assert stripe_port.retrieve_intent(intent.id).status == "succeeded"

    def test_paying_saves_the_card_when_that_was_asked_for(
        self, browser: Browser, intent: stripe_port.Intent, customer: stripe_port.Customer
    ) -> None:
        _press(browser, intent.client_secret, "pay")
        assert len(stripe_port.list_payment_methods(customer.id)) == 1

    def test_a_declined_card_can_be_followed_by_another(
        self, browser: Browser, intent: stripe_port.Intent
    ) -> None:
        declined = _press(browser, intent.client_secret, "decline")
        assert 'role="alert">Your card was declined.' in declined.text
        assert stripe_port.retrieve_intent(intent.id).failure_code == "generic_decline"
        assert _press(browser, intent.client_secret, "pay").status_code == 303

    @pytest.mark.parametrize(
        ("action", "status"),
        [("authenticate", "succeeded"), ("decline", "requires_payment_method")],
    )
    def test_the_bank_may_ask(
        self, browser: Browser, intent: stripe_port.Intent, action: str, status: str
    ) -> None:
        asked = _press(browser, intent.client_secret, "ask")
        assert "Yes, it is me" in asked.text
        assert stripe_port.retrieve_intent(intent.id).status == "requires_action"
        _press(browser, intent.client_secret, action)
        assert stripe_port.retrieve_intent(intent.id).status == status

    def test_nobody_pays_twice(
        self, sandbox: PaymentSandbox, browser: Browser, intent: stripe_port.Intent
    ) -> None:
        statuses = [_press(browser, intent.client_secret, "pay").status_code for _ in range(2)]
        assert statuses == [303, 400]
        assert sandbox.totals["charges"] == 123_456

    def test_a_paid_one_has_no_buttons(self, browser: Browser, intent: stripe_port.Intent) -> None:
        _press(browser, intent.client_secret, "pay")
        page = browser.get(f"/confirm/{intent.client_secret}")
        assert "This is succeeded." in page.text
        assert "<button" not in page.text

    def test_without_an_address_it_stays(
        self, browser: Browser, intent: stripe_port.Intent
    ) -> None:
        answer = _press(browser, intent.client_secret, "pay", back="")
        assert (answer.status_code, "This is succeeded." in answer.text) == (200, True)

    @pytest.mark.parametrize("back", _ELSEWHERE)
    def test_it_leads_nowhere_else(
        self, browser: Browser, intent: stripe_port.Intent, back: str
    ) -> None:
        page = browser.get(f"/confirm/{intent.client_secret}", params={"return_url": back})
        pressed = _press(browser, intent.client_secret, "pay", back=back)
        assert (page.status_code, pressed.status_code) == (400, 400)
        assert "Location" not in pressed.headers
        assert stripe_port.retrieve_intent(intent.id).status == "requires_payment_method"

    @pytest.mark.parametrize("action", ["", "steal", "PAY"])
    def test_it_has_no_other_buttons(
        self, browser: Browser, intent: stripe_port.Intent, action: str
    ) -> None:
        assert _press(browser, intent.client_secret, action).status_code == 400

    def test_the_id_alone_opens_nothing(self, browser: Browser, intent: stripe_port.Intent) -> None:
        for secret in (intent.id, f"{intent.id}_secret_", f"{intent.id}_secret_x", "pi_", "x"):
            assert browser.get(f"/confirm/{secret}").status_code == 404

    @pytest.mark.parametrize(
        ("action", "last4"), [("pay", "4242"), ("later", "0341"), ("asks", "3184")]
    )
    def test_a_card_is_saved_that_does_as_it_says(
        self,
        browser: Browser,
        setup_intent: stripe_port.SetupIntent,
        customer: stripe_port.Customer,
        action: str,
        last4: str,
    ) -> None:
        answer = _press(browser, setup_intent.client_secret, action)
        assert f"setup_intent={setup_intent.id}" in answer.headers["Location"]
        (card,) = stripe_port.list_payment_methods(customer.id)
        assert card.last4 == last4


class TestOnboarding:
    def test_a_seller_who_submits_everything_can_receive(
        self, browser: Browser, account: stripe_port.ConnectAccount
    ) -> None:
        path = _onboarding(account)
        assert "Submit everything" in browser.get(path).text
        answer = browser.post(path, data={"action": "complete"})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{SITE}/back")
        assert stripe_port.retrieve_account(account.id).can_receive

    @pytest.mark.parametrize(("action", "is_submitted"), [("restrict", True), ("leave", False)])
    def test_one_who_does_not_cannot(
        self,
        browser: Browser,
        account: stripe_port.ConnectAccount,
        action: str,
        is_submitted: bool,  # noqa: FBT001 (a parameter of the test)
    ) -> None:
        browser.post(_onboarding(account), data={"action": action})
        changed = stripe_port.retrieve_account(account.id)
        assert (changed.details_submitted, changed.can_receive) == (is_submitted, False)

    def test_a_spent_link_leads_to_a_new_one(
        self, browser: Browser, account: stripe_port.ConnectAccount
    ) -> None:
        path = _onboarding(account)
        browser.post(path, data={"action": "leave"})
        assert browser.get(path).headers["Location"] == f"{SITE}/again"

    def test_an_invented_link_opens_nothing(self, browser: Browser) -> None:
        assert browser.get("/onboarding/link_x").status_code == 404
