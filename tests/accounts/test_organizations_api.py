"""Organizations, members and invitations through the API; who may is in the matrix of routes."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Invitation, Membership, Organization, Role, User
from tests.bearer import Bearer
from tests.factories.accounts import InvitationFactory, MembershipFactory
from tests.organizations import Team

pytestmark = pytest.mark.django_db

ORGS = "/v1/orgs"


@pytest.fixture
def acme(alice: User) -> Team:
    team = Team()
    team.joined(Role.OWNER, alice)
    return team


@pytest.fixture
def client(acme: Team, alice: User) -> Client:
    """What alice, who owns acme, has in her hands."""
    return Bearer(alice, "org").client


def send(client: Client, method: str, path: str, **body: Any) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def test_a_new_organization_is_shown_as_its_maker_sees_it(bob: User) -> None:
    client = Bearer(bob, "org").client
    answer = send(client, "post", ORGS, slug="acme", name="Acme Inc.")
    assert answer.status_code == 201
    row = Organization.objects.get()
    body = answer.json()
    assert body == {
        "id": row.public_id,
        "slug": "acme",
        "name": "Acme Inc.",
        "role": "owner",
        "memberCount": 1,
        "createdAt": body["createdAt"],
    }
    assert body["createdAt"].endswith("Z")
    assert client.get(f"{ORGS}/acme").json() == body
    assert client.get(ORGS).json() == {"items": [body], "nextCursor": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"slug": "acme", "name": "Again"}, "slug"),
        ({"slug": "Not a slug", "name": "Other"}, "slug"),
        ({"slug": "admin", "name": "Other"}, "slug"),
        ({"slug": "other", "name": "two\nlines"}, "name"),
        ({"slug": "other"}, "name"),
        ({"slug": "other", "name": "Other", "role": "owner"}, "role"),
    ],
)
def test_what_is_wrong_with_a_new_one_is_named(
    client: Client, body: dict[str, str], field: str
) -> None:
    answer = send(client, "post", ORGS, **body)
    assert answer.status_code == 422
    assert list(answer.json()["details"]) == [field]


def test_it_is_called_something_else(client: Client) -> None:
    answer = send(client, "patch", f"{ORGS}/acme", name="Acme Ltd.")
    assert (answer.status_code, answer.json()["name"]) == (200, "Acme Ltd.")
    assert send(client, "patch", f"{ORGS}/acme", slug="other").status_code == 422


def test_a_token_deletes_none_and_is_told_where_a_person_does(client: Client) -> None:
    answer = client.delete(f"{ORGS}/acme")
    assert answer.status_code == 403
    assert answer.json()["code"] == "step_up_required"
    page = f"{settings.SITE_URL}/orgs/acme/delete"
    assert answer.json()["details"] == {"stepUpUrl": page}
    assert Organization.objects.get().deleted_at is None


def test_members_are_listed_as_they_joined(client: Client, acme: Team, alice: User) -> None:
    bob = acme.joined(Role.MEMBER).user
    items = client.get(f"{ORGS}/acme/members").json()["items"]
    assert items[0] == {
        "userId": alice.public_id,
        "username": "alice",
        "role": "owner",
        "joinedAt": items[0]["joinedAt"],
    }
    assert [item["userId"] for item in items] == [alice.public_id, bob.public_id]


def test_lists_come_in_pages(client: Client, acme: Team, alice: User) -> None:
    acme.joined(Role.MEMBER)
    for organization in (Team("other"), Team("third")):
        organization.joined(Role.MEMBER, alice)
    InvitationFactory.create_batch(2, organization=acme.organization, invited_by=alice)
    for path in (ORGS, f"{ORGS}/acme/members", f"{ORGS}/acme/invitations"):
        first = client.get(f"{path}?limit=1").json()
        second = client.get(f"{path}?limit=1&cursor={first['nextCursor']}").json()
        assert first["items"] != second["items"]
        assert len(second["items"]) == 1


def test_a_role_is_changed(client: Client, acme: Team) -> None:
    member = acme.joined(Role.MEMBER)
    path = f"{ORGS}/acme/members/{member.user.public_id}"
    answer = send(client, "patch", path, role="admin")
    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert Membership.objects.get(pk=member.pk).role == Role.ADMIN
    assert send(client, "patch", path, role="king").status_code == 422


def test_ownership_is_a_persons_to_give_on_the_page_that_is_named(
    client: Client, acme: Team
) -> None:
    member = acme.joined(Role.MEMBER)
    path = f"{ORGS}/acme/members/{member.user.public_id}"
    answer = send(client, "patch", path, role="owner")
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    page = f"{settings.SITE_URL}/orgs/acme/members"
    assert answer.json()["details"] == {"stepUpUrl": page}


def test_a_member_of_another_organization_is_not_found(client: Client) -> None:
    elsewhere = MembershipFactory.create(role=Role.MEMBER)
    path = f"{ORGS}/acme/members/{elsewhere.user.public_id}"
    assert send(client, "patch", path, role="admin").status_code == 404
    assert client.delete(path).status_code == 404


def test_whoever_removes_themselves_leaves(acme: Team, bob: User) -> None:
    acme.joined(Role.MEMBER, bob)
    bearer = Bearer(bob, "org")
    assert bearer.client.delete(f"{ORGS}/acme/members/{bob.public_id}").status_code == 204
    assert bearer.client.get(f"{ORGS}/acme").status_code == 404


def test_the_last_owner_cannot_make_the_organization_ownerless(client: Client, alice: User) -> None:
    path = f"{ORGS}/acme/members/{alice.public_id}"
    # Step-up is asked for first; the operation's own tests have the rest.
    assert send(client, "patch", path, role="member").status_code == 403
    assert client.delete(path).status_code == 403
    assert client.post(f"{ORGS}/acme/leave").status_code == 403


def test_an_invitation_is_shown_without_its_token(
    client: Client, alice: User, mailbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(
            client, "post", f"{ORGS}/acme/invitations", email="bob@example.com", role="admin"
        )
    row = Invitation.objects.get()
    body = answer.json()
    assert answer.status_code == 201
    assert body == {
        "id": row.public_id,
        "email": "bob@example.com",
        "role": "admin",
        "expiresAt": body["expiresAt"],
        "createdAt": body["createdAt"],
        "invitedBy": "alice",
    }
    assert client.get(f"{ORGS}/acme/invitations").json()["items"] == [body]
    assert [mail.to for mail in mailbox] == [["bob@example.com"]]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"email": "nobody"}, 422, "invalid_fields"),
        ({"email": "bob@example.com", "role": "owner"}, 422, "invalid_fields"),
        ({"email": "alice@example.com"}, 409, "already_member"),
        ({"email": "invited@example.com"}, 409, "already_invited"),
    ],
)
def test_what_cannot_be_invited_is_refused(
    client: Client, acme: Team, alice: User, body: dict[str, str], status: int, code: str
) -> None:
    InvitationFactory.create(
        organization=acme.organization, email="invited@example.com", invited_by=alice
    )
    answer = send(client, "post", f"{ORGS}/acme/invitations", **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_too_many_invitations_are_told_to_wait(client: Client, settings: Any) -> None:
    settings.INVITATIONS_A_DAY = 0
    answer = send(client, "post", f"{ORGS}/acme/invitations", email="bob@example.com")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer["Retry-After"] == "86400"


def test_an_invitation_is_sent_again_and_revoked(client: Client, acme: Team, alice: User) -> None:
    made = InvitationFactory.create(organization=acme.organization, invited_by=alice)
    path = f"{ORGS}/acme/invitations/{made.public_id}"
    answer = client.post(f"{path}/resend")
    assert (answer.status_code, answer.json()["id"]) == (200, made.public_id)
    assert answer.json()["expiresAt"] > made.expires_at.strftime("%Y-%m-%dT%H:%M:%S")
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert client.post(f"{path}/resend").status_code == 404


def test_what_has_lapsed_or_is_another_organizations_is_not_found(
    client: Client, acme: Team, alice: User
) -> None:
    lapsed = InvitationFactory.create(
        organization=acme.organization, invited_by=alice, expires_at=timezone.now()
    )
    elsewhere = InvitationFactory.create(invited_by=alice)
    for made in (lapsed, elsewhere):
        assert client.delete(f"{ORGS}/acme/invitations/{made.public_id}").status_code == 404
    assert client.get(f"{ORGS}/acme/invitations").json()["items"] == []


def test_lists_cost_the_same_for_many(
    client: Client, acme: Team, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        Team(f"team-{number}").joined(Role.MEMBER, alice)
        acme.joined(Role.MEMBER)
    InvitationFactory.create_batch(5, organization=acme.organization, invited_by=alice)
    with django_assert_num_queries(2):  # token, organizations
        client.get(ORGS)
    for path in ("members", "invitations"):
        with django_assert_num_queries(3):  # token, own membership, rows
            client.get(f"{ORGS}/acme/{path}")
