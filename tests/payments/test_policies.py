"""Spend policies: made and changed by a present person, read and tried by tokens."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import policies
from accounts.actor import Actor
from accounts.errors import InvalidPolicy, PolicyInUse, StepUpRequired
from accounts.models import Credential, SpendPolicy, User
from accounts.policies import Terms
from audit.actions import Action
from audit.models import Event
from audit.who import ActorKind
from catalog.models import Listing
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.money import fill
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

PAGE = "/settings/policies"
FORM = {
    "name": "Agents",
    "max_per_purchase": "10.00",
    "daily_limit": "50.00",
    "monthly_limit": "200.00",
    "require_approval_above": "5.00",
    "vendors": "",
    "min_release_age_hours": "0",
    "is_active": "on",
}


@pytest.fixture
def browser(bob: User) -> Client:
    """Bob's browser; he proved who he is a moment ago."""
    client = Client()
    sign_in(client, bob)
    return client


@pytest.fixture
def present(bob: User) -> Actor:
    """Bob, proven just now."""
    return Actor(kind=ActorKind.USER, user=bob, stepped_up=True)


@pytest.fixture
def policy(bob: User) -> SpendPolicy:
    """A policy of Bob's beside his default one."""
    return SpendPolicyFactory.create(user=bob, name="Agents")


def own(user: User) -> SpendPolicy:
    """Return the policy new tokens of somebody get."""
    return SpendPolicy.objects.default_of(user)


class TestThePages:
    def test_one_is_made_and_listed(self, browser: Client, bob: User) -> None:
        vendor = ListingFactory.create().vendor
        answer = browser.post(
            f"{PAGE}/new", FORM | {"vendors": vendor.slug, "blocked_types": ["mcp", "rule"]}
        )
        assert answer["Location"] == PAGE
        made = SpendPolicy.objects.get(user=bob, name="Agents")
        assert (made.max_per_purchase_cents, made.monthly_limit_cents) == (1_000, 20_000)
        assert (made.vendor_allowlist, made.blocked_types) == ([vendor.public_id], ["mcp", "rule"])
        page = browser.get(PAGE).content.decode()
        assert made.public_id in page
        assert "$50.00 of $50.00 left today" in page
        assert vendor.slug in browser.get(f"{PAGE}/{made.public_id}").content.decode()

    def test_a_change_holds_at_once_for_live_tokens(
        self, browser: Client, bob: User, policy: SpendPolicy
    ) -> None:
        listing = ListingFactory.create(price_cents=499)
        fill(bob, 1_000)
        token = Bearer(bob, BUYER, spend_policy=policy).client
        browser.post(f"{PAGE}/{policy.public_id}", FORM | {"require_approval_above": "1.00"})
        answer = token.post(
            "/v1/purchases",
            {"listing": listing.name},
            content_type="application/json",
            headers={"Idempotency-Key": "a"},
        )
        assert (answer.status_code, answer.json()["code"]) == (402, "approval_required")

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("name", " "),
            ("max_per_purchase", "-1"),
            ("max_per_purchase", "1.234"),
            ("daily_limit", "much"),
            ("monthly_limit", "100000.01"),
            ("min_release_age_hours", "-1"),
            ("min_release_age_hours", "8761"),
            ("vendors", "nobody-sells-here"),
            ("blocked_types", "gem"),
        ],
    )
    def test_what_makes_no_policy_is_said_at_its_field(
        self, browser: Client, bob: User, field: str, typed: str
    ) -> None:
        answer = browser.post(f"{PAGE}/new", FORM | {field: typed})
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
        assert list(SpendPolicy.objects.filter(user=bob)) == [own(bob)]

    def test_a_deleted_one_leaves_its_tokens_unable_to_buy(
        self, browser: Client, bob: User, policy: SpendPolicy
    ) -> None:
        listing = ListingFactory.create(price_cents=499)
        fill(bob, 1_000)
        token = Bearer(bob, BUYER, spend_policy=policy).client
        assert browser.post(f"{PAGE}/{policy.public_id}/delete")["Location"] == PAGE
        answer = token.post(
            "/v1/purchases",
            {"listing": listing.name},
            content_type="application/json",
            headers={"Idempotency-Key": "a"},
        )
        assert (answer.status_code, answer.json()["details"]["reasons"]) == (
            403,
            ["policy_inactive"],
        )
        assert browser.get(f"{PAGE}/{policy.public_id}").status_code == 404

    def test_the_default_one_stays(self, browser: Client, bob: User) -> None:
        browser.post(f"{PAGE}/{own(bob).public_id}/delete")
        assert own(bob).deleted_at is None
        assert "cannot be deleted" in browser.get(PAGE).content.decode()

    def test_somebody_elses_is_not_there(self, browser: Client, bob: User, charlie: User) -> None:
        path = f"{PAGE}/{own(charlie).public_id}"
        for answer in (
            browser.get(path),
            browser.post(path, FORM),
            browser.post(f"{path}/delete"),
            browser.get(f"{path}/simulate"),
        ):
            assert answer.status_code == 404

    def test_it_takes_a_proof_of_identity(self, bob: User) -> None:
        client = Client()
        sign_in(client, bob, proven_ago=timedelta(minutes=11))
        for answer in (client.get(f"{PAGE}/new"), client.post(f"{PAGE}/new", FORM)):
            assert "/step-up" in answer["Location"]
        assert client.get(PAGE).status_code == 200

    @pytest.mark.parametrize(
        ("cents", "says"),
        [
            (499, "It would be bought"),
            (501, "It would wait for you"),
            (0, "It could be installed"),
        ],
    )
    def test_a_package_is_tried(
        self, browser: Client, policy: SpendPolicy, cents: int, says: str
    ) -> None:
        listing = ListingFactory.create(price_cents=cents)
        path = f"{PAGE}/{policy.public_id}/simulate"
        assert says in browser.get(path, {"listing": listing.name}).content.decode()
        assert "There is no package" in browser.get(path, {"listing": "a/b"}).content.decode()

    @pytest.mark.parametrize(
        ("terms", "says"),
        [
            ({"is_active": False, "daily_limit_cents": 0}, "It could be installed"),
            ({"blocked_types": ["skill"]}, "It could not be installed"),
            ({"verified_vendors_only": True}, "Its vendor is not verified."),
        ],
    )
    def test_what_is_free_is_tried_as_a_download(
        self, browser: Client, policy: SpendPolicy, terms: dict[str, Any], says: str
    ) -> None:
        listing = ListingFactory.create()
        SpendPolicy.objects.filter(pk=policy.pk).update(**terms)
        path = f"{PAGE}/{policy.public_id}/simulate"
        assert says in browser.get(path, {"listing": listing.name}).content.decode()


class TestTheOperations:
    def test_no_token_makes_changes_or_ends_one(self, bob: User, policy: SpendPolicy) -> None:
        by, now = Bearer(bob, "account read").actor, timezone.now()
        acts: list[Any] = [
            lambda: policies.create(Terms(name="x"), by=by, now=now),
            lambda: policies.change(policy, Terms(name="x"), by=by, now=now),
            lambda: policies.delete(policy, by=by, now=now),
            lambda: policies.attach(policy, to=Bearer(bob, BUYER).credential, by=by, now=now),
        ]
        for act in acts:
            with pytest.raises(StepUpRequired):
                act()

    def test_each_stands_in_the_trail_with_what_changed(
        self, present: Actor, policy: SpendPolicy
    ) -> None:
        now = timezone.now()
        policies.change(policy, Terms(name="Agents", daily_limit_cents=1), by=present, now=now)
        policies.change(policy, Terms(name="Agents", daily_limit_cents=1), by=present, now=now)
        [event] = Event.objects.filter(action=Action.POLICY_CHANGED)
        assert event.subject == policy.subject
        assert "daily_limit_cents" in str(event.data)

    @pytest.mark.parametrize(
        "terms",
        [
            {"name": ""},
            {"name": "x" * 81},
            {"name": "x", "daily_limit_cents": -1},
            {"name": "x", "monthly_limit_cents": 10_000_001},
            {"name": "x", "min_release_age_hours": 8_761},
        ],
    )
    def test_terms_out_of_bounds_are_refused(self, present: Actor, terms: dict[str, Any]) -> None:
        with pytest.raises(InvalidPolicy):
            policies.create(Terms(**terms), by=present, now=timezone.now())

    def test_the_default_is_not_deleted(self, present: Actor, bob: User) -> None:
        with pytest.raises(PolicyInUse):
            policies.delete(own(bob), by=present, now=timezone.now())

    def test_a_token_is_put_under_another(
        self, present: Actor, bob: User, policy: SpendPolicy
    ) -> None:
        token = Bearer(bob, BUYER).credential
        policies.attach(policy, to=token, by=present, now=timezone.now())
        assert Credential.objects.get(pk=token.pk).spend_policy == policy
        reads_only = Bearer(bob, "read").credential
        with pytest.raises(InvalidPolicy):
            policies.attach(policy, to=reads_only, by=present, now=timezone.now())

    def test_nobody_attaches_a_strangers(self, present: Actor, bob: User, charlie: User) -> None:
        with pytest.raises(SpendPolicy.DoesNotExist):
            policies.attach(
                own(charlie), to=Bearer(bob, BUYER).credential, by=present, now=timezone.now()
            )


class TestTheApi:
    def test_a_token_sees_its_own(self, bob: User, policy: SpendPolicy) -> None:
        client = Bearer(bob, BUYER, spend_policy=policy).client
        [told] = client.get("/v1/spend-policies").json()["items"]
        assert told == {
            "id": policy.public_id,
            "name": "Agents",
            "organizationId": None,
            "isDefault": False,
            "active": True,
            "maxPerPurchaseCents": 1_000,
            "dailyLimitCents": 5_000,
            "monthlyLimitCents": 20_000,
            "requireApprovalAboveCents": 500,
            "vendorAllowlist": [],
            "blockedTypes": [],
            "minReleaseAgeHours": 0,
            "verifiedVendorsOnly": False,
            "allowExecutable": False,
            "leftTodayCents": 5_000,
            "leftThisMonthCents": 20_000,
        }
        assert client.get(f"/v1/spend-policies/{policy.public_id}").json() == told
        assert client.get(f"/v1/spend-policies/{own(bob).public_id}").status_code == 404

    def test_with_account_it_sees_all_of_its_owners(
        self, bob: User, charlie: User, policy: SpendPolicy
    ) -> None:
        client = Bearer(bob, "account read").client
        ids = {item["id"] for item in client.get("/v1/spend-policies").json()["items"]}
        assert ids == {policy.public_id, own(bob).public_id}
        assert client.get(f"/v1/spend-policies/{own(charlie).public_id}").status_code == 404

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_nothing_is_changed_there(self, bob: User, method: str) -> None:
        client = Bearer(bob, "account purchase read", spend_policy=own(bob)).client
        path = f"/v1/spend-policies/{own(bob).public_id}"
        answer = getattr(client, method)(path, {}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")

    def test_it_is_tried_with_its_reasons_and_what_is_left(
        self, bob: User, policy: SpendPolicy
    ) -> None:
        listing: Listing = ListingFactory.create(price_cents=600, type="mcp")
        SpendPolicy.objects.filter(pk=policy.pk).update(blocked_types=["mcp"])
        client = Bearer(bob, BUYER, spend_policy=policy).client
        path = f"/v1/spend-policies/{policy.public_id}/simulate"
        answer = client.post(path, {"listing": listing.name}, content_type="application/json")
        assert answer.json() == {
            "listing": listing.name,
            "priceCents": 600,
            "outcome": "block",
            "reasons": ["type_blocked", "over_approval_threshold"],
            "leftTodayCents": 5_000,
            "leftThisMonthCents": 20_000,
        }
        missing = client.post(path, {"listing": "a/b"}, content_type="application/json")
        assert missing.status_code == 404

    def test_what_was_spent_is_no_longer_left(self, bob: User, policy: SpendPolicy) -> None:
        listing = ListingFactory.create(price_cents=499)
        fill(bob, 1_000)
        client = Bearer(bob, BUYER, spend_policy=policy).client
        client.post(
            "/v1/purchases",
            {"listing": listing.name},
            content_type="application/json",
            headers={"Idempotency-Key": "a"},
        )
        told = client.get(f"/v1/spend-policies/{policy.public_id}").json()
        assert (told["leftTodayCents"], told["leftThisMonthCents"]) == (4_501, 19_501)
