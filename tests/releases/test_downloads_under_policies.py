"""What spend policies say of a version when a token fetches it, through the API."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import CredentialKind, Organization, SpendPolicy, User
from audit.actions import Action
from audit.who import Origin
from catalog.models import Listing
from payments import approvals, delivery
from payments.delivery import Parcel
from payments.errors import DeliveryBlocked
from payments.models import Approval
from payments.spending import Reason
from releases import downloads
from releases.models import Release
from tests.audit_trail import refusals
from tests.bearer import BUYER, Bearer
from tests.devices import person
from tests.factories.accounts import CredentialFactory, OrganizationFactory, SpendPolicyFactory
from tests.factories.catalog import ListingFactory
from tests.factories.payments import EntitlementFactory
from tests.factories.releases import ArtifactFactory
from tests.money import fill
from tests.payments.buying import buy

pytestmark = pytest.mark.django_db


def version_of(
    listing: Listing, version: str = "1.0.0", *, runs_code: bool = False, **fields: object
) -> Release:
    """Publish a version."""
    kept = ArtifactFactory.create(
        release__listing=listing,
        release__version=version,
        runs_code=runs_code,
        **{f"release__{name}": value for name, value in fields.items()},
    )
    release: Release = kept.release
    return release


@pytest.fixture
def listing(bob: User) -> Listing:
    """One that Bob has."""
    made: Listing = ListingFactory.create()
    EntitlementFactory.create(user=bob, listing=made)
    return made


@pytest.fixture
def policy(bob: User) -> SpendPolicy:
    """A policy of Bob's that allows everything for nothing."""
    return SpendPolicyFactory.create(user=bob, name="Agents", allow_executable=True)


@pytest.fixture
def token(bob: User, policy: SpendPolicy) -> Client:
    """A token under it."""
    return Bearer(bob, BUYER, spend_policy=policy).client


@pytest.fixture
def organization() -> Organization:
    return OrganizationFactory.create()


def fetch(client: Client, listing: Listing, **fields: str) -> tuple[int, dict[str, Any]]:
    """Ask for a link; return status and answer."""
    body = {"listing": listing.name} | fields
    answer = client.post("/v1/downloads", body, content_type="application/json")
    return answer.status_code, answer.json()


def reasons(client: Client, listing: Listing, **fields: str) -> list[str]:
    """Return why a version is refused; none where there is a link."""
    status, body = fetch(client, listing, **fields)
    if status == 200:
        return []
    assert (status, body["code"]) == (403, "policy_blocked")
    found: list[str] = body["details"]["reasons"]
    return found


@pytest.mark.parametrize(
    ("terms", "met"),
    [
        ({"allow_executable": False}, ["runs_code"]),
        ({"verified_vendors_only": True}, ["vendor_unverified"]),
        ({"vendor_allowlist": ["ven_of_somebody_else"]}, ["vendor_not_allowed"]),
        ({"blocked_types": ["skill"]}, ["type_blocked"]),
        ({"blocked_types": ["mcp"]}, []),
        ({"min_release_age_hours": 1}, ["release_too_young"]),
        (
            {"min_release_age_hours": 1, "verified_vendors_only": True, "blocked_types": ["skill"]},
            ["type_blocked", "vendor_unverified", "release_too_young"],
        ),
        ({"max_per_purchase_cents": 0, "require_approval_above_cents": 0}, []),
        ({"daily_limit_cents": 0, "monthly_limit_cents": 0}, []),
        ({"is_active": False}, []),
        ({"deleted_at": datetime(2026, 6, 1, tzinfo=UTC)}, []),
        ({"is_active": False, "allow_executable": False}, ["runs_code"]),
    ],
)
def test_a_policy_judges_the_package_and_no_money(
    token: Client, listing: Listing, policy: SpendPolicy, terms: dict[str, Any], met: list[str]
) -> None:
    version_of(listing, runs_code=True)
    assert reasons(token, listing) == []
    SpendPolicy.objects.filter(pk=policy.pk).update(**terms)
    assert reasons(token, listing) == met


def test_a_vendor_who_is_on_the_list_and_verified_delivers(
    token: Client, listing: Listing, policy: SpendPolicy
) -> None:
    version_of(listing)
    terms = {"vendor_allowlist": [listing.vendor.public_id], "verified_vendors_only": True}
    SpendPolicy.objects.filter(pk=policy.pk).update(**terms)
    listing.vendor.verify(now=timezone.now())
    assert reasons(token, listing) == []


def test_each_version_is_judged_by_its_own_facts(
    token: Client, listing: Listing, policy: SpendPolicy
) -> None:
    now = timezone.now()
    SpendPolicy.objects.filter(pk=policy.pk).update(
        min_release_age_hours=24, allow_executable=False
    )
    version_of(listing, "1.0.0", runs_code=True, published_at=now - timedelta(days=9))
    version_of(listing, "1.1.0", published_at=now - timedelta(days=8))
    version_of(listing, "2.0.0", published_at=now)
    assert reasons(token, listing, version="1.0.0") == ["runs_code"]
    assert reasons(token, listing, version="1.1.0") == []
    assert reasons(token, listing, version="2.0.0") == ["release_too_young"]
    assert reasons(token, listing) == ["release_too_young"]


def test_a_release_is_old_enough_to_the_second(
    bob: User, listing: Listing, policy: SpendPolicy, now: datetime
) -> None:
    SpendPolicy.objects.filter(pk=policy.pk).update(min_release_age_hours=48)
    version_of(listing, published_at=now - timedelta(hours=48))
    by = Bearer(bob, BUYER, spend_policy=SpendPolicy.objects.get(pk=policy.pk)).actor
    with pytest.raises(DeliveryBlocked) as refusal:
        downloads.issue_ticket(listing, version=None, by=by, now=now - timedelta(seconds=1))
    assert refusal.value.reasons == (Reason.RELEASE_TOO_YOUNG,)
    assert refusal.value.old_enough_at == now
    assert downloads.issue_ticket(listing, version=None, by=by, now=now)


def test_the_answer_says_which_version_why_and_what_to_do(
    token: Client, listing: Listing, policy: SpendPolicy, now: datetime
) -> None:
    SpendPolicy.objects.filter(pk=policy.pk).update(min_release_age_hours=8_760)
    version_of(listing, published_at=timezone.now())
    Release.objects.update(published_at=now)
    assert fetch(token, listing)[1]["details"] == {
        "listing": listing.name,
        "version": "1.0.0",
        "reasons": ["release_too_young"],
        "oldEnoughAt": "2027-06-01T12:00:00+00:00",
        "policyUrl": f"{settings.SITE_URL}/settings/policies/{policy.public_id}",
    }


def test_what_the_owner_has_ruled_out_asks_nobody(
    token: Client, listing: Listing, policy: SpendPolicy
) -> None:
    version_of(listing)
    SpendPolicy.objects.filter(pk=policy.pk).update(
        blocked_types=["skill"], verified_vendors_only=True
    )
    assert "policyUrl" not in fetch(token, listing)[1]["details"]


def test_a_change_of_the_policy_holds_for_the_next_download(
    token: Client, listing: Listing, policy: SpendPolicy
) -> None:
    version_of(listing, runs_code=True)
    for allowed, met in ((False, ["runs_code"]), (True, [])):
        SpendPolicy.objects.filter(pk=policy.pk).update(allow_executable=allowed)
        assert reasons(token, listing) == met


def test_who_has_it_not_is_told_of_that_first(token: Client, policy: SpendPolicy) -> None:
    foreign = ListingFactory.create()
    version_of(foreign)
    SpendPolicy.objects.filter(pk=policy.pk).update(blocked_types=["skill"])
    assert fetch(token, foreign)[0] == 402


def test_a_refusal_stands_in_the_trail_and_counts_nothing(
    token: Client, listing: Listing, policy: SpendPolicy
) -> None:
    version_of(listing, runs_code=True)
    SpendPolicy.objects.filter(pk=policy.pk).update(allow_executable=False)
    fetch(token, listing)
    assert refusals(Action.DOWNLOAD_REFUSED) == [{"reasons": "runs_code"}]
    assert listing.entitlements.get().first_used_at is None


def test_a_token_that_cannot_buy_is_under_no_policy(bob: User, listing: Listing) -> None:
    version_of(listing, runs_code=True)
    assert reasons(Bearer(bob, "download read").client, listing) == []


class TestAnOrganization:
    """Its policies bind whoever acts for it, beside their own."""

    @pytest.fixture
    def member(self, bob: User, policy: SpendPolicy, organization: Organization) -> Client:
        """A token of Bob's that acts for it, under his own policy."""
        fields = {"kind": "organization", "organization": organization}
        return Bearer(bob, BUYER, spend_policy=policy, **fields).client

    def test_has_rules_that_hold_for_its_tokens(
        self, member: Client, listing: Listing, organization: Organization
    ) -> None:
        version_of(listing, runs_code=True)
        assert reasons(member, listing) == []
        SpendPolicyFactory.create(organization=organization, verified_vendors_only=True)
        assert reasons(member, listing) == ["vendor_unverified", "runs_code"]

    def test_and_the_tokens_own_policy_both_count(
        self, member: Client, listing: Listing, policy: SpendPolicy, organization: Organization
    ) -> None:
        version_of(listing)
        SpendPolicyFactory.create(organization=organization, verified_vendors_only=True)
        SpendPolicy.objects.filter(pk=policy.pk).update(min_release_age_hours=1)
        assert reasons(member, listing) == ["vendor_unverified", "release_too_young"]

    @pytest.mark.parametrize(
        "terms", [{"is_active": False}, {"deleted_at": datetime(2026, 6, 1, tzinfo=UTC)}]
    )
    def test_has_no_rule_in_what_is_not_in_force(
        self, member: Client, listing: Listing, organization: Organization, terms: dict[str, Any]
    ) -> None:
        version_of(listing)
        SpendPolicyFactory.create(organization=organization, verified_vendors_only=True, **terms)
        assert reasons(member, listing) == []

    def test_waits_for_the_longest_age(
        self, member: Client, listing: Listing, policy: SpendPolicy, organization: Organization
    ) -> None:
        version_of(listing)
        SpendPolicyFactory.create(organization=organization, min_release_age_hours=48)
        SpendPolicy.objects.filter(pk=policy.pk).update(min_release_age_hours=24)
        told = datetime.fromisoformat(fetch(member, listing)[1]["details"]["oldEnoughAt"])
        published_at = Release.objects.get().published_at
        assert published_at is not None
        assert told == published_at + timedelta(hours=48)

    def test_alone_against_it_names_no_policy_of_the_person(
        self, member: Client, listing: Listing, organization: Organization
    ) -> None:
        version_of(listing)
        SpendPolicyFactory.create(organization=organization, verified_vendors_only=True)
        assert "policyUrl" not in fetch(member, listing)[1]["details"]

    def test_says_nothing_to_those_who_act_for_themselves(
        self, token: Client, listing: Listing, organization: Organization
    ) -> None:
        version_of(listing)
        SpendPolicyFactory.create(organization=organization, verified_vendors_only=True)
        assert reasons(token, listing) == []

    def test_stops_nobody_who_sits_at_a_browser(
        self, bob: User, listing: Listing, organization: Organization, now: datetime
    ) -> None:
        SpendPolicyFactory.create(organization=organization, verified_vendors_only=True)
        session = CredentialFactory.create(
            user=bob,
            kind=CredentialKind.INTERNAL,
            digest=None,
            prefix="",
            expires_at=None,
            organization=organization,
        )
        parcel = Parcel(listing=listing, version="1.0.0", runs_code=True, released_at=now)
        delivery.require_allowed(parcel, by=Actor.of(session, origin=Origin()), now=now)


class TestWhatAPersonHasApproved:
    """An approved purchase delivers: who approved it knew why the policy objects."""

    @pytest.fixture
    def bought(self, bob: User, alice: User, policy: SpendPolicy) -> tuple[Client, Listing]:
        """A package that runs code, and is young, bought with Bob's approval by a token."""
        SpendPolicy.objects.update(allow_executable=False, min_release_age_hours=24)
        now = timezone.now()
        made = ListingFactory.create(
            price_cents=300, vendor__user=alice, runs_code=True, released_at=now
        )
        version_of(made, runs_code=True, published_at=now - timedelta(minutes=1))
        fill(bob, 1_000)
        agent = Bearer(bob, BUYER, spend_policy=policy)
        asked = Approval.objects.get(public_id=buy(agent.client, made)[1]["approvalId"])
        approvals.approve(asked, by=person(bob), now=timezone.now())
        assert buy(agent.client, made)[0] == 201
        return agent.client, made

    def test_is_delivered(self, bought: tuple[Client, Listing]) -> None:
        assert reasons(*bought) == []

    def test_waits_for_later_versions_to_grow_old(self, bought: tuple[Client, Listing]) -> None:
        client, made = bought
        later = timezone.now() + timedelta(minutes=1)
        version_of(made, "1.1.0", runs_code=True, published_at=later)
        assert reasons(client, made, version="1.1.0") == [
            Reason.RELEASE_TOO_YOUNG,
            Reason.RUNS_CODE,
        ]

    def test_does_not_let_in_what_nobody_was_asked_about(
        self, bought: tuple[Client, Listing]
    ) -> None:
        SpendPolicy.objects.update(verified_vendors_only=True)
        assert Reason.VENDOR_UNVERIFIED in reasons(*bought)
