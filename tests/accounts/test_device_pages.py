"""The pages on which a person lets a device in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import device_flow, tokens
from accounts.device_flow import PollStatus, StartedGrant
from accounts.models import DeviceGrant, DeviceGrantState, User
from accounts.scopes import Scope
from tests.devices import CLIENT_ID, DEVICE, approve, grant_of, person, started
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(db: None) -> StartedGrant:
    return started(timezone.now(), Scope.READ, Scope.DOWNLOAD)


@pytest.fixture
def browser(client: Client, alice: User) -> Client:
    sign_in(client, alice)
    return client


def enter(browser: Client, grant: StartedGrant) -> str:
    """Type the code; return the address of the page that asks for a decision."""
    response = browser.post("/device", {"user_code": grant.user_code})
    assert response.status_code == 302
    return str(response.headers["Location"])


def decide(browser: Client, page: str, decision: str, *scopes: str) -> int:
    """Send the form; return the status."""
    form = {"decision": decision, "scopes": list(scopes), "lifetime": "month"}
    return browser.post(page, form).status_code


def poll(grant: StartedGrant) -> device_flow.Polled:
    """Poll as the device."""
    return device_flow.poll(grant.device_code, client_id=CLIENT_ID, by=DEVICE, now=timezone.now())


def test_a_signed_out_person_signs_in_first_and_keeps_the_code(
    client: Client, grant: StartedGrant
) -> None:
    response = client.get(f"/device?user_code={grant.user_code}")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in?next=%2Fdevice%3Fuser_code%3D")


def test_a_link_fills_the_code_in_and_decides_nothing(browser: Client, grant: StartedGrant) -> None:
    response = browser.get(f"/device?user_code={grant.user_code}")
    assert response.status_code == 200
    assert response.context["user_code"] == grant.user_code
    assert grant_of(grant).state == DeviceGrantState.PENDING


def test_a_link_fills_in_nothing_but_a_code(browser: Client) -> None:
    page = browser.get("/device?user_code=%3Cscript%3E")
    assert page.context["user_code"] == ""


def test_the_page_shows_what_is_asked_and_from_where(browser: Client, grant: StartedGrant) -> None:
    page = browser.get(enter(browser, grant))
    text = page.content.decode()
    for shown in (
        grant.user_code,
        "mog command line",
        "203.0.113.9",
        "mog/1.0",
        Scope.READ.description,
        Scope.DOWNLOAD.description,
    ):
        assert shown in text
    assert Scope.SELL.description not in text
    assert grant.device_code not in text
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("scopes", "lifetime"), [((Scope.READ,), "year"), ((Scope.READ, Scope.ACCOUNT), "hour")]
)
def test_what_is_preselected_can_be_approved(
    browser: Client, scopes: tuple[Scope, ...], lifetime: str
) -> None:
    page = enter(browser, started(timezone.now(), *scopes))
    field = browser.get(page).context["form"]["lifetime"]
    assert field.value() == lifetime
    form = {"decision": "approve", "scopes": list(scopes), "lifetime": lifetime}
    assert browser.post(page, form).status_code == 302


def test_approving_hands_the_device_its_token(
    browser: Client, grant: StartedGrant, alice: User
) -> None:
    page = enter(browser, grant)
    assert decide(browser, page, "approve", "read") == 302
    done = browser.get(page)
    assert done.context["outcome"] == "approved"
    issued = poll(grant).issued
    assert issued is not None
    credential = tokens.look_up(issued.plaintext, now=timezone.now())
    assert (credential.user, credential.scope) == (alice, "read")
    assert issued.expires_in == 30 * 24 * 3600
    again = browser.get(page)
    assert again.context["outcome"] == "redeemed"
    assert issued.plaintext[:12] not in again.content.decode()


def test_denying_needs_no_fresh_proof(client: Client, alice: User, grant: StartedGrant) -> None:
    sign_in(client, alice, proven_ago=timedelta(minutes=11))
    page = enter(client, grant)
    assert client.get(page).headers["Location"].startswith("/step-up?next=%2Fdevice%2F")
    assert decide(client, page, "deny") == 302
    assert client.get(page).context["outcome"] == "denied"
    assert poll(grant).status == PollStatus.DENIED


def test_approving_needs_a_fresh_proof(client: Client, alice: User, grant: StartedGrant) -> None:
    sign_in(client, alice, proven_ago=timedelta(minutes=11))
    response = client.post(enter(client, grant), {"decision": "approve", "scopes": ["read"]})
    assert response.headers["Location"].startswith("/step-up")
    assert grant_of(grant).state == DeviceGrantState.PENDING


@pytest.mark.parametrize(
    "form",
    [
        {"decision": "approve", "lifetime": "month"},
        {"decision": "approve", "scopes": ["read"]},
        {"decision": "approve", "scopes": ["sell"], "lifetime": "month"},
        {"decision": "approve", "scopes": ["read"], "lifetime": "century"},
        {"scopes": ["read"], "lifetime": "month"},
    ],
)
def test_half_a_form_decides_nothing(
    browser: Client, grant: StartedGrant, form: dict[str, object]
) -> None:
    assert browser.post(enter(browser, grant), form).status_code == 422
    assert grant_of(grant).state == DeviceGrantState.PENDING


def test_a_request_opens_only_where_its_code_was_typed(
    browser: Client, grant: StartedGrant, charlie: User
) -> None:
    page = enter(browser, grant)
    stranger = Client()
    sign_in(stranger, charlie)
    assert stranger.get(page).status_code == 404
    assert decide(stranger, page, "approve", "read") == 404
    assert decide(stranger, page, "deny") == 404
    assert grant_of(grant).state == DeviceGrantState.PENDING


def test_the_second_of_two_tabs_sees_what_the_first_decided(
    browser: Client, grant: StartedGrant
) -> None:
    page = enter(browser, grant)
    assert decide(browser, page, "deny") == 302
    response = browser.post(page, {"decision": "approve", "scopes": ["read"], "lifetime": "day"})
    assert response.context["outcome"] == "denied"
    assert grant_of(grant).state == DeviceGrantState.DENIED


def test_what_another_account_decided_stays_untold(
    browser: Client, grant: StartedGrant, bob: User
) -> None:
    page = enter(browser, grant)
    approve(grant, bob, timezone.now())
    assert browser.get(page).context["outcome"] == "closed"
    assert decide(browser, page, "deny") == 200
    assert grant_of(grant).user == bob


def test_a_request_that_lapses_on_the_page_is_closed(browser: Client, grant: StartedGrant) -> None:
    page = enter(browser, grant)
    DeviceGrant.objects.update(expires_at=timezone.now())
    assert browser.get(page).context["outcome"] == "closed"
    decide(browser, page, "approve", "read")
    assert grant_of(grant).state == DeviceGrantState.PENDING


def test_a_code_that_was_used_gives_a_clear_answer(
    browser: Client, grant: StartedGrant, alice: User
) -> None:
    device_flow.deny(grant_of(grant), by=person(alice), now=timezone.now())
    response = browser.post("/device", {"user_code": grant.user_code})
    assert (response.status_code, response.context["error"]) == (410, "closed")


def test_the_sixth_try_after_five_wrong_codes_is_locked(
    browser: Client, grant: StartedGrant
) -> None:
    statuses = [browser.post("/device", {"user_code": "BBBB-BBBB"}).status_code for _ in range(5)]
    assert statuses == [422] * 5
    response = browser.post("/device", {"user_code": grant.user_code})
    assert (response.status_code, response.context["error"]) == (423, "locked")
    assert response.headers["Retry-After"] == "900"


def test_an_empty_code_is_no_guess(browser: Client, grant: StartedGrant) -> None:
    for _ in range(6):
        assert browser.post("/device", {"user_code": " "}).context["error"] == "empty"
    enter(browser, grant)


def test_forms_need_their_token(alice: User, grant: StartedGrant) -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, alice)
    assert strict.post("/device", {"user_code": grant.user_code}).status_code == 403
    assert strict.post(f"/device/{grant_of(grant).public_id}", {}).status_code == 403


@pytest.mark.parametrize("page", ["/device", "/settings/tokens", "/settings/tokens/new"])
def test_a_token_opens_no_page(api_client: Client, page: str) -> None:
    assert api_client.get(page, headers={"Authorization": "Bearer x"}).status_code == 401


def test_the_confirm_page_costs_four_queries(
    browser: Client,
    grant: StartedGrant,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    page = enter(browser, grant)
    with django_assert_num_queries(4):  # session, actor, request, policies
        text = browser.get(page).content.decode()
    assert re.search(r'name="scopes"', text)
