"""The pages of organizations; who may open them is in the matrix of routes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import invitations
from accounts.models import Invitation, InvitationState, Membership, Organization, Role, User
from tests.devices import person
from tests.factories.accounts import InvitationFactory
from tests.organizations import Team
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Team:
    team = Team()
    team.joined(Role.OWNER, alice)
    return team


@pytest.fixture
def owner(client: Client, acme: Team, alice: User) -> Client:
    """The browser of alice, who owns acme."""
    sign_in(client, alice)
    return client


def invited(user: User, acme: Team, token: str = "secret", **fields: object) -> Invitation:
    made: Invitation = InvitationFactory.create(
        organization=acme.organization, email=user.email, token=token, **fields
    )
    return made


def test_whoever_belongs_nowhere_is_led_to_the_beginning(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    page = client.get("/orgs").content.decode()
    assert "You belong to no organization" in page
    assert 'href="/orgs/new"' in page


def test_a_new_organization_opens(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    answer = client.post("/orgs/new", {"slug": "acme", "name": "Acme"}, follow=True)
    assert answer.redirect_chain == [("/orgs/acme", 302)]
    assert "Acme is yours" in answer.content.decode()


def test_a_name_that_is_taken_is_an_error_of_the_form(owner: Client) -> None:
    answer = owner.post("/orgs/new", {"slug": "acme", "name": "Again"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"slug": ["'acme' is taken."]}


def test_a_name_people_cannot_read_is_an_error_of_the_form(owner: Client) -> None:
    for path in ("/orgs/new", "/orgs/acme/settings"):
        answer = owner.post(path, {"slug": "other", "name": "turned\u202eround"})
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["name"]


def test_only_what_one_may_do_is_offered(client: Client, acme: Team) -> None:
    acme.joined(Role.ADMIN)
    acme.joined(Role.MEMBER)
    offered = {}
    for role in Role:
        sign_in(client, acme.joined(role).user)
        page = client.get("/orgs/acme/members").content.decode()
        offered[role] = (
            page.count("Remove this person"),
            page.count("Change role"),
            page.count("/orgs/acme/invitations"),
        )
    assert offered == {Role.OWNER: (3, 4, 1), Role.ADMIN: (1, 0, 1), Role.MEMBER: (0, 0, 0)}


def test_a_role_is_changed(owner: Client, acme: Team) -> None:
    member = acme.joined(Role.MEMBER)
    path = f"/orgs/acme/members/{member.user.public_id}"
    assert owner.post(path, {"role": "owner"})["Location"] == "/orgs/acme/members"
    assert Membership.objects.get(pk=member.pk).role == Role.OWNER


def test_making_an_owner_leads_to_step_up_and_back(client: Client, acme: Team, alice: User) -> None:
    member = acme.joined(Role.MEMBER)
    sign_in(client, alice, proven_ago=timedelta(hours=1))
    path = f"/orgs/acme/members/{member.user.public_id}"
    referer = {"Referer": f"http://testserver{path}"}
    answer = client.post(path, {"role": "owner"}, headers=referer)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/step-up?next=%2Forgs%2Facme%2Fmembers%2Fusr_")
    assert Membership.objects.get(pk=member.pk).role == Role.MEMBER
    assert client.post(path, {"role": "admin"})["Location"] == "/orgs/acme/members"


def test_the_only_owner_stays_and_is_told_why(owner: Client, alice: User) -> None:
    own = f"/orgs/acme/members/{alice.public_id}"
    demoted = owner.post(own, {"role": "member"})
    assert (demoted.status_code, list(demoted.context["form"].errors)) == (422, ["role"])
    for path in ("/orgs/acme/leave", f"{own}/remove"):
        page = owner.post(path, follow=True).content.decode()
        assert "Make another member an owner first" in page
    assert Membership.objects.get().role == Role.OWNER


def test_whoever_leaves_is_back_at_their_list(client: Client, acme: Team, bob: User) -> None:
    acme.joined(Role.MEMBER, bob)
    sign_in(client, bob)
    assert client.post("/orgs/acme/leave")["Location"] == "/orgs"
    assert client.get("/orgs/acme").status_code == 404


def test_an_invitation_is_sent_and_stands_in_the_list(owner: Client) -> None:
    form = {"email": "bob@example.com", "role": "admin"}
    page = owner.post("/orgs/acme/invitations", form, follow=True).content.decode()
    assert page.count("bob@example.com") >= 2
    assert Invitation.objects.get().role == Role.ADMIN


def test_what_cannot_be_invited_is_an_error_of_the_form(owner: Client) -> None:
    for address in ("alice@example.com", "nobody"):
        answer = owner.post("/orgs/acme/invitations", {"email": address, "role": "member"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert not Invitation.objects.exists()


def test_an_admin_invites_no_admins(client: Client, acme: Team) -> None:
    sign_in(client, acme.joined(Role.ADMIN).user)
    answer = client.post("/orgs/acme/invitations", {"email": "bob@example.com", "role": "admin"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])


def test_too_many_invitations_are_a_page_that_says_so(owner: Client, settings: Settings) -> None:
    settings.INVITATIONS_A_DAY = 0
    answer = owner.post("/orgs/acme/invitations", {"email": "b@example.com", "role": "member"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "86400")


def test_who_is_signed_out_is_led_through_sign_in_and_back(client: Client, acme: Team) -> None:
    answer = client.get("/invites/secret")
    assert answer["Location"] == "/sign-in?next=%2Finvites%2Fsecret"


def test_looking_at_an_invitation_changes_nothing(client: Client, acme: Team, bob: User) -> None:
    invited(bob, acme)
    sign_in(client, bob)
    page = client.get("/invites/secret")
    assert page.status_code == 200
    assert b"Acme" in page.content
    assert not Membership.objects.filter(user=bob).exists()


def test_the_address_of_an_invitation_is_told_to_nothing_that_the_page_loads(
    client: Client, acme: Team, bob: User, charlie: User
) -> None:
    invited(bob, acme)
    for user in (bob, charlie):
        sign_in(client, user)
        answer = client.get("/invites/secret")
        assert answer["Referrer-Policy"] == "strict-origin"
        assert "no-store" in answer["Cache-Control"]
        assert b"secret" not in answer.content


def test_accepting_leads_into_the_organization_also_the_second_time(
    client: Client, acme: Team, bob: User
) -> None:
    invited(bob, acme, role=Role.ADMIN)
    sign_in(client, bob)
    for answer in (
        client.post("/invites/secret", {"answer": "accept"}),
        client.post("/invites/secret", {"answer": "accept"}),
        client.get("/invites/secret"),
    ):
        assert answer["Location"] == "/orgs/acme"
    assert Membership.objects.get(user=bob).role == Role.ADMIN


def test_declining_ends_it(client: Client, acme: Team, bob: User) -> None:
    made = invited(bob, acme)
    sign_in(client, bob)
    assert client.post("/invites/secret", {"answer": "decline"})["Location"] == "/orgs"
    assert Invitation.objects.get(pk=made.pk).state == InvitationState.DECLINED
    assert client.get("/invites/secret").status_code == 410
    assert client.post("/invites/secret", {"answer": "accept"}).status_code == 410
    assert not Membership.objects.filter(user=bob).exists()


def test_a_form_without_an_answer_is_none(client: Client, acme: Team, bob: User) -> None:
    invited(bob, acme)
    sign_in(client, bob)
    assert client.post("/invites/secret").status_code == 200
    assert client.post("/invites/secret", {"answer": "maybe"}).status_code == 200
    assert not Membership.objects.filter(user=bob).exists()


def test_another_account_sees_a_masked_address_and_nothing_else(
    client: Client, acme: Team, bob: User, charlie: User
) -> None:
    Organization.objects.update(name="Sesame")
    made = invited(bob, acme)
    sign_in(client, charlie)
    for answer in (
        client.get("/invites/secret"),
        client.post("/invites/secret", {"answer": "accept"}),
        client.post("/invites/secret", {"answer": "decline"}),
    ):
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "b•••@e•••.com" in page
        for hidden in ("bob@example.com", "Sesame", "acme", made.invited_by.username):
            assert hidden not in page
    assert made in Invitation.objects.open(now=timezone.now())


def test_a_wrong_link_is_not_found(client: Client, acme: Team, bob: User) -> None:
    invited(bob, acme)
    sign_in(client, bob)
    assert client.get("/invites/wrong").status_code == 404
    assert client.post("/invites/wrong", {"answer": "accept"}).status_code == 404


def test_what_has_lapsed_was_revoked_or_belongs_to_a_deleted_organization_is_gone(
    client: Client, acme: Team, alice: User, bob: User
) -> None:
    now = timezone.now()
    invited(bob, acme, "lapsed", state=InvitationState.DECLINED, ended_at=now)
    Invitation.objects.update(state=InvitationState.PENDING, ended_at=None, expires_at=now)
    revoked = invited(bob, Team("other"), "revoked")
    invitations.revoke(revoked, by=person(revoked.invited_by), now=now)
    sign_in(client, bob)
    for token in ("lapsed", "revoked"):
        assert client.get(f"/invites/{token}").status_code == 410
        assert client.post(f"/invites/{token}", {"answer": "accept"}).status_code == 410
    assert not Membership.objects.filter(user=bob).exists()


def test_pages_cost_the_same_for_many(
    owner: Client, acme: Team, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        Team(f"team-{number}").joined(Role.MEMBER, alice)
        acme.joined(Role.MEMBER)
    InvitationFactory.create_batch(5, organization=acme.organization, invited_by=alice)
    with django_assert_num_queries(4):  # session, actor, organizations, the header's
        owner.get("/orgs")
    for path in ("members", "invitations"):
        with django_assert_num_queries(6):  # session, actor, own membership, count, rows, header
            owner.get(f"/orgs/acme/{path}")
