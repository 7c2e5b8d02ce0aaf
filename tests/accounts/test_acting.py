"""For whom somebody acts: as a request of the API names it, and as a browser keeps it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import acting
from accounts.errors import SignInRequired
from accounts.models import Credential, CredentialKind, Membership, Organization, Role, User
from audit.actions import Action
from audit.models import Event
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.money import fill
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

WALLET = "/v1/wallet"
SWITCH = "/settings/acting"


@pytest.fixture
def acme(alice: User) -> Organization:
    """An organization that alice is a member of."""
    joined = MembershipFactory.create(user=alice, role=Role.MEMBER)
    return joined.organization


def balance(client: Client, slug: str = "") -> tuple[int, object]:
    """Ask for the wallet, for an organization if one is named."""
    headers = {"X-Mog-Org": slug} if slug else {}
    answer = client.get(WALLET, headers=headers)
    return answer.status_code, answer.json().get("balanceCents", answer.json().get("code"))


class TestNamedByARequest:
    def test_a_token_acts_for_the_organization_that_a_request_names(
        self, alice: User, acme: Organization
    ) -> None:
        fill(acme, 700)
        client = Bearer(alice, "org read").client
        assert balance(client, acme.slug) == (200, 700)
        assert balance(client) == (200, 0)

    def test_whoever_asks_is_told_for_whom_they_act(self, alice: User, acme: Organization) -> None:
        client = Bearer(alice, "org read").client
        assert client.get("/v1/users/me").json()["organization"] is None
        named = client.get("/v1/users/me", headers={"X-Mog-Org": acme.slug}).json()
        assert named["organization"]["slug"] == acme.slug
        assert named["username"] == alice.username

    def test_the_tokens_own_policy_stays_with_it(self, alice: User, acme: Organization) -> None:
        by = Bearer(alice, f"{BUYER} org").actor
        acts = acting.named_by(by, acme.slug)
        assert (acts.organization, acts.role, acts.policy) == (acme, Role.MEMBER, by.policy)
        assert acts.scopes == by.scopes

    def test_it_needs_the_scope_org(self, alice: User, acme: Organization) -> None:
        client = Bearer(alice, "read").client
        assert balance(client, acme.slug) == (403, "missing_scope")
        assert balance(client, "never-existed") == (403, "missing_scope")

    @pytest.mark.parametrize("slug", ["never-existed", "a\0b", "%00", "ACME", "x" * 500])
    def test_what_does_not_exist_and_what_is_not_ones_own_look_alike(
        self, charlie: User, acme: Organization, slug: str
    ) -> None:
        client = Bearer(charlie, "org read").client
        for name in (slug, acme.slug):
            assert balance(client, name) == (404, "not_found")

    def test_a_token_of_an_organization_names_no_other(
        self, alice: User, acme: Organization
    ) -> None:
        other = MembershipFactory.create(user=alice).organization
        client = Bearer(alice, "org read", organization=acme).client
        assert balance(client, other.slug) == (404, "not_found")

    def test_a_token_of_an_organization_needs_no_scope_to_name_it(
        self, alice: User, acme: Organization
    ) -> None:
        fill(acme, 700)
        client = Bearer(alice, "read", organization=acme).client
        assert balance(client, acme.slug) == balance(client) == (200, 700)

    def test_a_membership_that_ended_is_none(self, alice: User, acme: Organization) -> None:
        client = Bearer(alice, "org read").client
        Membership.objects.all().delete()
        assert balance(client, acme.slug) == (404, "not_found")

    def test_a_deleted_organization_is_none(self, alice: User, acme: Organization) -> None:
        client = Bearer(alice, "org read").client
        Organization.objects.update(deleted_at=timezone.now())
        assert balance(client, acme.slug) == (404, "not_found")

    def test_without_a_token_nobody_acts_for_anybody(self, client: Client) -> None:
        answer = client.get("/v1/listings", headers={"X-Mog-Org": "acme"})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")

    def test_no_cache_mixes_answers_for_different_parties(
        self, client: Client, alice: User, acme: Organization
    ) -> None:
        for asked in (client, Bearer(alice, "org read").client):
            answer = asked.get("/v1/listings")
            assert {"Authorization", "X-Mog-Org"} <= set(answer["Vary"].split(", "))
        named = Bearer(alice, "org read").client.get(
            "/v1/listings", headers={"X-Mog-Org": acme.slug}
        )
        assert named["Cache-Control"] == "no-store"

    def test_it_costs_one_query(
        self, alice: User, acme: Organization, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = Bearer(alice, "org read").client
        with django_assert_num_queries(2):  # the token, the membership
            client.get("/v1/tokens/current", headers={"X-Mog-Org": acme.slug})

    def test_a_browser_is_not_led_by_it(self, client: Client, alice: User) -> None:
        sign_in(client, alice)
        answer = client.get("/bff/users/me", headers={"X-Mog-Org": "acme"})
        assert (answer.status_code, answer.json()["organization"]) == (200, None)


class TestKeptByABrowser:
    def test_a_person_switches_to_an_organization_and_back(
        self, client: Client, alice: User, acme: Organization
    ) -> None:
        fill(acme, 700)
        sign_in(client, alice)
        answer = client.post(SWITCH, {"organization": acme.slug, "next": "/wallet"})
        assert (answer.status_code, answer["Location"]) == (302, "/wallet")
        page = client.get("/wallet")
        assert page.context["wallet"].balance_cents == 700
        assert "Acting for <strong>Acme</strong> as member" in page.content.decode()
        client.post(SWITCH, {"organization": ""})
        page = client.get("/wallet")
        assert page.context["wallet"].balance_cents == 0
        assert "Acting for" not in page.content.decode()
        switched = Event.objects.filter(action=Action.SESSION_SWITCHED)
        assert {event.organization_id for event in switched} == {"", acme.public_id}

    def test_to_a_stranger_there_is_no_organization(
        self, client: Client, charlie: User, acme: Organization
    ) -> None:
        sign_in(client, charlie)
        bodies = []
        for slug in (acme.slug, "never-existed", "a\0b"):
            answer = client.post(SWITCH, {"organization": slug})
            assert answer.status_code == 404
            bodies.append(answer.content.replace(answer["X-Request-Id"].encode(), b""))
        assert len(set(bodies)) == 1
        assert not Credential.objects.filter(organization=acme).exists()

    def test_one_browser_does_not_change_another(self, alice: User, acme: Organization) -> None:
        first, second = Client(), Client()
        for browser in (first, second):
            sign_in(browser, alice)
        first.post(SWITCH, {"organization": acme.slug})
        assert "Acting for" in first.get("/wallet").content.decode()
        assert "Acting for" not in second.get("/wallet").content.decode()

    def test_doing_it_twice_is_done_once(
        self, client: Client, alice: User, acme: Organization
    ) -> None:
        sign_in(client, alice)
        for _ in range(2):
            assert client.post(SWITCH, {"organization": acme.slug}).status_code == 302
        assert Event.objects.filter(action=Action.SESSION_SWITCHED).count() == 1

    def test_the_session_gets_a_new_key(
        self, client: Client, alice: User, acme: Organization
    ) -> None:
        before = sign_in(client, alice).session_key
        client.post(SWITCH, {"organization": acme.slug})
        assert client.session.session_key != before

    def test_it_leads_to_no_other_site(self, client: Client, alice: User) -> None:
        sign_in(client, alice)
        answer = client.post(SWITCH, {"organization": "", "next": "https://evil.example"})
        assert answer["Location"] == "/"

    def test_a_token_cannot_switch(self, alice: User, acme: Organization) -> None:
        bearer = Bearer(alice, "org read")
        assert bearer.client.post(SWITCH, {"organization": acme.slug}).status_code == 401
        with pytest.raises(SignInRequired):
            acting.switch(acme.slug, by=bearer.actor, now=timezone.now())
        assert not Credential.objects.filter(organization=acme).exists()

    def test_only_a_form_of_this_site_switches(self, alice: User, acme: Organization) -> None:
        browser = Client(enforce_csrf_checks=True)
        sign_in(browser, alice)
        assert browser.post(SWITCH, {"organization": acme.slug}).status_code == 403
        assert browser.get(SWITCH).status_code == 405

    def test_who_belongs_nowhere_is_offered_no_switch_and_pays_no_query(
        self, client: Client, charlie: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        sign_in(client, charlie)
        with django_assert_num_queries(3):  # session, actor, sessions
            page = client.get("/settings/sessions")
        assert "Act for" not in page.content.decode()

    def test_who_belongs_somewhere_pays_one(
        self,
        client: Client,
        alice: User,
        acme: Organization,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        MembershipFactory.create(user=alice, organization=OrganizationFactory.create(name="Other"))
        sign_in(client, alice)
        with django_assert_num_queries(4):
            page = client.get("/settings/sessions").content.decode()
        assert f'value="{acme.slug}"' in page
        assert "Other" in page

    def test_it_takes_no_fresh_proof(self, client: Client, alice: User, acme: Organization) -> None:
        sign_in(client, alice, proven_ago=timedelta(hours=1))
        assert client.post(SWITCH, {"organization": acme.slug}).status_code == 302
        assert Credential.objects.get(organization=acme).kind == CredentialKind.INTERNAL


def test_the_page_of_an_organization_leads_to_acting_for_it(
    client: Client, alice: User, acme: Organization
) -> None:
    sign_in(client, alice)
    assert "Act for it" in client.get(f"/orgs/{acme.slug}").content.decode()
    client.post(SWITCH, {"organization": acme.slug})
    assert "Act for it" not in client.get(f"/orgs/{acme.slug}").content.decode()
