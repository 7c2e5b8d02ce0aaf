"""Accounts in the admin: reached by the site's own sign-in, looked at, never changed."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import (
    Credential,
    Invitation,
    Membership,
    Namespace,
    Organization,
    SpendPolicy,
    User,
)
from audit.actions import Action
from audit.models import Event
from tests.factories.accounts import (
    CredentialFactory,
    InvitationFactory,
    MembershipFactory,
    NamespaceFactory,
    OrganizationFactory,
    SpendPolicyFactory,
    UserFactory,
)
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    """A superuser at the admin."""
    sign_in(client, UserFactory.create(username="root", is_staff=True, is_superuser=True))
    return client


def test_the_admin_leads_to_the_sites_own_sign_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in?next=%2Fadmin%2F"


def test_who_is_no_staff_gets_no_further(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403


def test_ending_a_staff_session_ends_the_admin_too(staff: Client) -> None:
    assert staff.get("/admin/").status_code == 200
    Credential.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert staff.get("/admin/").status_code == 302


def test_credentials_are_shown_without_their_digests(staff: Client) -> None:
    credential = CredentialFactory.create()
    listing = staff.get("/admin/accounts/credential/").content.decode()
    page = staff.get(f"/admin/accounts/credential/{credential.pk}/change/").content.decode()
    assert credential.public_id in listing
    assert str(credential.digest) not in listing + page


def test_invitations_are_shown_without_their_digests(staff: Client) -> None:
    invitation = InvitationFactory.create(digest="d" * 64)
    listing = staff.get("/admin/accounts/invitation/").content.decode()
    page = staff.get(f"/admin/accounts/invitation/{invitation.pk}/change/").content.decode()
    assert invitation.email in listing
    assert str(invitation.digest) not in listing + page


@pytest.mark.parametrize("model", ["organization", "membership", "invitation", "spendpolicy"])
def test_organizations_are_shown_by_the_name_they_go_by(staff: Client, model: str) -> None:
    acme = OrganizationFactory.create(namespace=NamespaceFactory.create(slug="acme-tools"))
    MembershipFactory.create(organization=acme)
    InvitationFactory.create(organization=acme)
    SpendPolicyFactory.create(user=None, organization=acme)
    assert ">acme-tools<" in staff.get(f"/admin/accounts/{model}/").content.decode()


@pytest.mark.parametrize(
    "model",
    [User, Credential, Namespace, Organization, Membership, Invitation, SpendPolicy],
)
def test_rows_are_looked_at_and_never_changed(staff: Client, model: type[User]) -> None:
    NamespaceFactory.create()
    CredentialFactory.create()
    MembershipFactory.create()
    InvitationFactory.create()
    row = model.objects.latest("pk")
    base = f"/admin/accounts/{model._meta.model_name}"
    assert staff.get(f"{base}/{row.pk}/change/").status_code == 200
    assert staff.post(f"{base}/{row.pk}/change/", {}).status_code == 403
    assert staff.post(f"{base}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"{base}/add/").status_code == 403


def test_the_library_has_no_tables_there() -> None:
    shown = {model._meta.app_label for model in admin.site._registry}
    assert shown.isdisjoint({"account", "socialaccount"})


def test_every_edit_in_the_admin_is_in_the_trail(client: Client) -> None:
    boss = UserFactory.create(username="boss", is_staff=True, is_superuser=True)
    sign_in(client, boss)
    client.post("/admin/auth/group/add/", {"name": "support"})
    group = Group.objects.get()
    client.post(f"/admin/auth/group/{group.pk}/change/", {"name": "moderators"})
    client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    assert not Group.objects.exists()
    events = Event.objects.filter(action=Action.ADMIN_EDITED).order_by("pk")
    assert {(event.actor_kind, event.actor_id) for event in events} == {("staff", boss.public_id)}
    assert {event.subject for event in events} == {f"group:{group.pk}"}
    assert [event.data for event in events] == [
        '{"message":[{"added":{}}],"verb":"added"}',
        '{"message":[{"changed":{"fields":["Name"]}}],"verb":"changed"}',
        '{"message":[],"verb":"deleted"}',
    ]
