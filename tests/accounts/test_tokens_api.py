"""Tokens through the API: what each sees, ends, and may never do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Credential, CredentialKind, SpendPolicy, User
from audit.actions import Action
from audit.models import Event
from tests.bearer import Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db

TOKENS = "/v1/tokens"


def policy(user: User) -> SpendPolicy:
    """Return the user's default policy."""
    return user.spend_policies.get()


def ids(client: Client, query: str = "") -> list[str]:
    """Return the ids of the list."""
    return [item["id"] for item in client.get(f"{TOKENS}{query}").json()["items"]]


def test_a_token_sees_itself_and_nothing_of_its_secret(alice: User) -> None:
    bearer = Bearer(alice)
    body = bearer.client.get(f"{TOKENS}/current").json()
    assert body == {
        "id": bearer.credential.public_id,
        "label": "laptop",
        "kind": "personal",
        "prefix": bearer.plaintext[:12],
        "scopes": ["read"],
        "expiresAt": body["expiresAt"],
        "spendPolicyId": None,
        "organizationId": None,
        "createdAt": body["createdAt"],
        "lastUsedAt": body["lastUsedAt"],
    }
    assert body["expiresAt"].endswith("Z")
    assert bearer.client.get(bearer.path).json() == body


def test_a_token_lists_itself_only(alice: User) -> None:
    bearer = Bearer(alice)
    Bearer(alice)
    assert ids(bearer.client) == [bearer.credential.public_id]


def test_with_the_scope_account_it_lists_its_owners_live_tokens(alice: User, bob: User) -> None:
    others = [Bearer(alice), Bearer(alice, "sell")]
    Bearer(alice, revoked_at=timezone.now())
    Bearer(alice, expires_at=timezone.now() - timedelta(seconds=1))
    Bearer(alice, kind=CredentialKind.INTERNAL, digest=None, prefix="")
    Bearer(bob)
    bearer = Bearer(alice, "account")
    expected = [bearer, *reversed(others)]
    assert ids(bearer.client) == [one.credential.public_id for one in expected]


def test_the_list_comes_in_pages(alice: User) -> None:
    for _ in range(4):
        Bearer(alice)
    bearer = Bearer(alice, "account")
    first = bearer.client.get(f"{TOKENS}?limit=3").json()
    assert len(first["items"]) == 3
    rest = bearer.client.get(f"{TOKENS}?limit=3&cursor={first['nextCursor']}").json()
    assert (len(rest["items"]), rest["nextCursor"]) == (2, None)
    seen = {item["id"] for item in first["items"] + rest["items"]}
    assert len(seen) == 5


def test_a_token_ends_itself(alice: User) -> None:
    bearer = Bearer(alice)
    response = bearer.client.delete(bearer.path)
    assert (response.status_code, response.content) == (204, b"")
    assert bearer.client.get(f"{TOKENS}/current").status_code == 401
    assert Event.objects.latest("pk").action == Action.TOKEN_REVOKED


def test_a_token_cannot_end_a_sibling(alice: User) -> None:
    bearer, sibling = (
        Bearer(alice, "org purchase read sell", spend_policy=policy(alice)),
        Bearer(alice),
    )
    assert bearer.client.delete(sibling.path).status_code == 404
    assert bearer.client.get(sibling.path).status_code == 404
    assert sibling.client.get(f"{TOKENS}/current").status_code == 200


def test_with_the_scope_account_it_ends_a_sibling(alice: User) -> None:
    bearer, sibling = Bearer(alice, "account"), Bearer(alice)
    assert bearer.client.delete(sibling.path).status_code == 204
    assert sibling.client.get(f"{TOKENS}/current").status_code == 401


def test_a_token_of_an_organization_ends_none_that_acts_for_its_person(alice: User) -> None:
    acme = MembershipFactory.create(user=alice).organization
    bearer, own = Bearer(alice, "account", organization=acme), Bearer(alice)
    sibling = Bearer(alice, organization=acme)
    assert bearer.client.get(own.path).status_code == 404
    assert bearer.client.delete(own.path).status_code == 404
    assert bearer.client.delete(sibling.path).status_code == 204
    listed = bearer.client.get(TOKENS).json()["items"]
    assert [item["id"] for item in listed] == [bearer.credential.public_id]
    assert own.client.get(f"{TOKENS}/current").status_code == 200


def test_anothers_token_does_not_exist(alice: User, charlie: User) -> None:
    theirs, stranger = Bearer(alice), Bearer(charlie, "account")
    for act in (stranger.client.get, stranger.client.delete):
        assert act(theirs.path).status_code == 404
        assert act(f"{TOKENS}/tok_00000000000000000000").status_code == 404
    theirs.credential.refresh_from_db()
    assert theirs.credential.revoked_at is None


def test_a_sessions_credential_does_not_exist(alice: User) -> None:
    internal = Bearer(alice, kind=CredentialKind.INTERNAL, digest=None, prefix="")
    assert Bearer(alice, "account").client.delete(internal.path).status_code == 404


def test_a_token_creates_no_token(alice: User) -> None:
    bearer = Bearer(alice, "account read")
    body = {"label": "another", "scopes": ["read"]}
    response = bearer.client.post(TOKENS, body, content_type="application/json")
    assert response.status_code == 405
    assert bearer.client.post("/settings/tokens/new", body).status_code in {401, 403}
    assert Credential.objects.count() == 1


def test_nobody_sees_nothing(api_client: Client) -> None:
    for path in (TOKENS, f"{TOKENS}/current", f"{TOKENS}/tok_x", "/v1/users/me"):
        response = api_client.get(path)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_me_says_who_acts_with_what_for_whom(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organization = OrganizationFactory.create(name="Acme")
    bearer = Bearer(alice, "purchase read", spend_policy=policy(alice), organization=organization)
    with django_assert_num_queries(1):
        body = bearer.client.get("/v1/users/me").json()
    assert body == {
        "id": alice.public_id,
        "username": "alice",
        "displayName": "",
        "credential": {
            "id": bearer.credential.public_id,
            "label": "laptop",
            "kind": "personal",
            "prefix": bearer.plaintext[:12],
            "scopes": ["purchase", "read"],
            "expiresAt": body["credential"]["expiresAt"],
            "spendPolicyId": alice.spend_policies.get().public_id,
        },
        "organization": {
            "id": organization.public_id,
            "slug": organization.namespace.slug,
            "name": "Acme",
        },
    }


def test_me_without_an_organization_says_so(alice: User) -> None:
    assert Bearer(alice).client.get("/v1/users/me").json()["organization"] is None


def test_me_needs_the_scope_read(alice: User) -> None:
    response = Bearer(alice, "download").client.get("/v1/users/me")
    assert response.status_code == 403
    assert response.json()["details"] == {"scope": "read"}


@pytest.mark.parametrize("path", [f"{TOKENS}/current", "/v1/users/me"])
def test_a_read_by_token_costs_one_query(
    alice: User, path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    bearer = Bearer(alice)
    with django_assert_num_queries(1):
        assert bearer.client.get(path).status_code == 200


def test_the_list_costs_one_query_more(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        Bearer(alice, "purchase", spend_policy=policy(alice))
    bearer = Bearer(alice, "account")
    with django_assert_num_queries(2):
        assert len(ids(bearer.client)) == 6


@pytest.mark.parametrize(
    "token",
    [
        "mog_pat_" + "0" * 36,
        "mog_pat_short",
        "ghp_" + "0" * 36,
        "nonsense",
        "",
    ],
)
def test_a_mistyped_token_costs_no_query(
    api_client: Client, db: None, token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = api_client.get("/v1/users/me", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401


@pytest.mark.parametrize("ending", ["revoked_at", "expires_at"])
def test_an_ended_token_lets_nobody_in(alice: User, ending: str) -> None:
    bearer = Bearer(alice)
    Credential.objects.update(**{ending: timezone.now()})
    response = bearer.client.get("/v1/users/me")
    assert response.status_code == 401
    assert response.json()["code"] == "invalid_token"


def test_a_token_of_a_closed_account_lets_nobody_in(alice: User) -> None:
    bearer = Bearer(alice)
    User.objects.update(is_active=False)
    assert bearer.client.get("/v1/users/me").status_code == 401


def test_the_first_use_is_audited_and_noted_once_a_minute(alice: User) -> None:
    bearer = Bearer(alice, last_used_at=None)
    bearer.client.get("/v1/users/me")
    bearer.client.get("/v1/users/me")
    uses = Event.objects.filter(action=Action.TOKEN_FIRST_USED)
    assert [use.subject for use in uses] == [bearer.credential.subject]
    bearer.credential.refresh_from_db()
    noted = bearer.credential.last_used_at
    assert noted is not None
    long_ago = noted - timedelta(minutes=2)
    Credential.objects.update(last_used_at=long_ago)
    bearer.client.get("/v1/users/me")
    bearer.credential.refresh_from_db()
    assert bearer.credential.last_used_at is not None
    assert bearer.credential.last_used_at > noted
    assert uses.count() == 1
