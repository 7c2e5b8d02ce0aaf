"""Invitations: mailed, bound to an address, good once and for a week."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from accounts import invitations, memberships, token_format
from accounts.actor import Actor
from accounts.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvalidInvitation,
    InvitationEnded,
    InvitationLimitReached,
    InvitedElsewhere,
    MissingScope,
    RoleRequired,
)
from accounts.models import Invitation, InvitationState, Membership, Organization, Role, User
from audit.actions import Action
from audit.models import Event
from mog_site.celery import BEAT_SCHEDULE, app
from tests.bearer import Bearer
from tests.devices import person
from tests.factories.accounts import InvitationFactory, UserFactory
from tests.organizations import Team

pytestmark = pytest.mark.django_db

_LINK = re.compile(r"/invites/([\w-]{43})\b")
WEEK = timedelta(days=7)


@pytest.fixture
def acme(db: None) -> Team:
    return Team()


@pytest.fixture
def owner(acme: Team) -> Actor:
    return acme.actor(Role.OWNER)


def invite(
    acme: Team,
    by: Actor,
    email: str = "bob@example.com",
    role: Role = Role.MEMBER,
    now: datetime | None = None,
) -> Invitation:
    return invitations.invite(
        acme.organization, email=email, role=role, by=by, now=now or timezone.now()
    )


def token_in(mail: EmailMessage) -> str:
    found = _LINK.findall(str(mail.body))
    assert len(found) == 1
    return str(found[0])


def accept(invitation: Invitation, user: User, now: datetime | None = None) -> Membership:
    return invitations.accept(invitation, by=person(user), now=now or timezone.now())


@pytest.mark.django_db(transaction=True)
def test_only_the_mail_has_the_token(acme: Team, mailbox: list[EmailMessage]) -> None:
    made = invite(acme, acme.actor(Role.OWNER))
    (mail,) = mailbox
    token = token_in(mail)
    assert mail.to == ["bob@example.com"]
    row = Invitation.objects.get(pk=made.pk)
    assert row.digest == token_format.digest(token)
    assert token not in str(Invitation.objects.values().get())
    assert not Event.objects.filter(data__contains=token).exists()


@pytest.mark.django_db(transaction=True)
def test_a_mail_says_nothing_a_stranger_could_write_an_advertisement_in(
    acme: Team, mailbox: list[EmailMessage]
) -> None:
    Organization.objects.update(name="Win a prize at https://203.0.113.9")
    invite(acme, acme.actor(Role.OWNER))
    (mail,) = mailbox
    assert "prize" not in f"{mail.subject}{mail.body}{mail.alternatives}"  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_the_invited_person_joins_in_the_role_they_were_invited_to(
    acme: Team, bob: User, mailbox: list[EmailMessage]
) -> None:
    owner = acme.actor(Role.OWNER)
    invite(acme, owner, role=Role.ADMIN)
    found = invitations.find(token_in(mailbox[0]), by=person(bob))
    joined = accept(found, bob)
    assert (joined.user, joined.role) == (bob, Role.ADMIN)
    assert owner.user is not None
    assert mailbox[1].to == [owner.user.email]
    assert "bob has accepted" in str(mailbox[1].body)


@pytest.mark.parametrize(
    ("acting", "role"),
    [(Role.OWNER, Role.ADMIN), (Role.OWNER, Role.MEMBER), (Role.ADMIN, Role.MEMBER)],
)
def test_admins_invite_members_and_owners_admins(acme: Team, acting: Role, role: Role) -> None:
    assert invite(acme, acme.actor(acting), role=role).role == role


@pytest.mark.parametrize(
    ("acting", "role"),
    [(Role.ADMIN, Role.ADMIN), (Role.MEMBER, Role.MEMBER), (Role.MEMBER, Role.ADMIN)],
)
def test_nobody_else_invites(acme: Team, acting: Role, role: Role) -> None:
    with pytest.raises(RoleRequired):
        invite(acme, acme.actor(acting), role=role)
    assert not Invitation.objects.exists()


def test_nobody_is_invited_as_an_owner(acme: Team, owner: Actor) -> None:
    with pytest.raises(InvalidInvitation) as refusal:
        invite(acme, owner, role=Role.OWNER)
    assert refusal.value.field == "role"


@pytest.mark.parametrize(
    "email", ["", "bob", "bob@", "bob@example.com\nBcc: x@example.com", "@x.y"]
)
def test_an_address_is_one(acme: Team, owner: Actor, email: str) -> None:
    with pytest.raises(InvalidInvitation) as refusal:
        invite(acme, owner, email=email)
    assert refusal.value.field == "email"


def test_a_stranger_invites_nobody(acme: Team, charlie: User) -> None:
    with pytest.raises(Organization.DoesNotExist):
        invite(acme, person(charlie))


def test_a_token_invites_with_the_scope_org_only(acme: Team) -> None:
    admin = acme.joined(Role.ADMIN).user
    with pytest.raises(MissingScope):
        invite(acme, Bearer(admin, "read").actor)
    assert invite(acme, Bearer(admin, "org").actor)


@pytest.mark.parametrize("address", ["bob@example.com", "BOB@Example.COM"])
def test_a_member_is_not_invited(acme: Team, owner: Actor, bob: User, address: str) -> None:
    acme.joined(Role.MEMBER, bob)
    with pytest.raises(AlreadyMember):
        invite(acme, owner, address)


def test_an_address_is_invited_once_at_a_time(acme: Team, owner: Actor) -> None:
    first = invite(acme, owner)
    with pytest.raises(AlreadyInvited):
        invite(acme, owner, "Bob@Example.com")
    other = Team("other")
    assert invite(other, other.actor(Role.OWNER))
    invitations.revoke(first, by=owner, now=timezone.now())
    assert invite(acme, owner)


def test_an_invitation_that_has_lapsed_makes_room_for_another(acme: Team, owner: Actor) -> None:
    now = timezone.now()
    invite(acme, owner, now=now - WEEK)
    assert invite(acme, owner, now=now) in Invitation.objects.open(now=now)


def test_another_account_learns_a_masked_address_and_nothing_more(acme: Team, bob: User) -> None:
    made = InvitationFactory.create(email="ursula@mail.example.com", token="secret")
    with pytest.raises(InvitedElsewhere) as refusal:
        invitations.find("secret", by=person(bob))
    assert refusal.value.masked == "u•••@m•••.com"
    for answer in (invitations.accept, invitations.decline):
        with pytest.raises(InvitedElsewhere):
            answer(made, by=person(bob), now=timezone.now())
    assert not Membership.objects.filter(user=bob).exists()


def test_an_account_without_an_address_was_never_invited(acme: Team) -> None:
    nobody = UserFactory.create(email="")
    with pytest.raises(InvitedElsewhere):
        accept(InvitationFactory.create(), nobody)


def test_an_address_is_the_same_however_it_is_written(bob: User) -> None:
    made = InvitationFactory.create(email="BOB@Example.com", token="secret")
    assert invitations.find("secret", by=person(bob)) == made
    assert accept(made, bob).user == bob


def test_a_wrong_token_opens_nothing(bob: User) -> None:
    InvitationFactory.create(email=bob.email, digest=None)
    for token in ("", "wrong", "\0", "x" * 5_000):
        with pytest.raises(Invitation.DoesNotExist):
            invitations.find(token, by=person(bob))


def test_accepting_twice_is_accepting_once(acme: Team, bob: User) -> None:
    made = InvitationFactory.create(organization=acme.organization, email=bob.email)
    assert accept(made, bob) == accept(made, bob)
    assert Event.objects.filter(action=Action.INVITATION_ACCEPTED).count() == 1


def test_whoever_has_left_does_not_come_back_by_the_same_link(acme: Team, bob: User) -> None:
    made = InvitationFactory.create(organization=acme.organization, email=bob.email)
    memberships.remove(accept(made, bob), by=person(bob), now=timezone.now())
    with pytest.raises(InvitationEnded):
        accept(made, bob)


def test_an_old_invitation_raises_nobody(acme: Team, bob: User) -> None:
    acme.joined(Role.MEMBER, bob)
    made = InvitationFactory.create(
        organization=acme.organization, email=bob.email, role=Role.ADMIN
    )
    assert accept(made, bob).role == Role.MEMBER
    with pytest.raises(InvitationEnded):
        invitations.revoke(made, by=acme.actor(Role.OWNER), now=timezone.now())


def test_an_invitation_is_good_until_seven_days_have_passed(bob: User) -> None:
    made = InvitationFactory.create(email=bob.email)
    assert accept(made, bob, made.created_at + WEEK - timedelta(seconds=1))


def test_an_invitation_of_seven_days_ago_can_neither_be_accepted_nor_declined(bob: User) -> None:
    made = InvitationFactory.create(email=bob.email)
    with pytest.raises(InvitationEnded):
        accept(made, bob, made.created_at + WEEK)
    with pytest.raises(InvitationEnded):
        invitations.decline(made, by=person(bob), now=made.created_at + WEEK)


def test_what_is_declined_or_revoked_opens_nothing(bob: User) -> None:
    now = timezone.now()
    declined = InvitationFactory.create(email=bob.email)
    invitations.decline(declined, by=person(bob), now=now)
    revoked = InvitationFactory.create(email=bob.email)
    invitations.revoke(revoked, by=person(revoked.invited_by), now=now)
    for made in (declined, revoked):
        with pytest.raises(InvitationEnded):
            accept(made, bob)
        with pytest.raises(InvitationEnded):
            invitations.resend(made, by=person(made.invited_by), now=now)
    assert not Membership.objects.filter(user=bob).exists()


def test_an_admin_touches_no_invitation_of_an_admin(acme: Team) -> None:
    made = InvitationFactory.create(organization=acme.organization, role=Role.ADMIN)
    by, now = acme.actor(Role.ADMIN), timezone.now()
    with pytest.raises(RoleRequired):
        invitations.revoke(made, by=by, now=now)
    with pytest.raises(RoleRequired):
        invitations.resend(made, by=by, now=now)


@pytest.mark.django_db(transaction=True)
def test_another_mail_brings_another_link_and_another_week(
    acme: Team, bob: User, mailbox: list[EmailMessage]
) -> None:
    owner, then = acme.actor(Role.OWNER), timezone.now() - timedelta(days=6)
    made = invite(acme, owner, now=then)
    now = timezone.now()
    invitations.resend(made, by=owner, now=now)
    first, second = (token_in(mail) for mail in mailbox)
    with pytest.raises(Invitation.DoesNotExist):
        invitations.find(first, by=person(bob))
    found = invitations.find(second, by=person(bob))
    assert found.expires_at == now + WEEK
    assert accept(found, bob, now + timedelta(days=6)).user == bob


def test_the_link_before_ends_at_once_and_not_when_the_next_mail_goes(
    acme: Team, bob: User
) -> None:
    made = InvitationFactory.create(organization=acme.organization, email=bob.email, token="secret")
    invitations.resend(made, by=acme.actor(Role.OWNER), now=timezone.now())
    with pytest.raises(Invitation.DoesNotExist):
        invitations.find("secret", by=person(bob))


def test_a_mail_for_what_has_ended_meanwhile_is_not_sent(mailbox: list[EmailMessage]) -> None:
    made = InvitationFactory.create(digest=None)
    Invitation.objects.all().revoke(now=timezone.now())
    invitations.mail_invitation(made.pk)
    invitations.mail_invitation(made.pk + 1)
    assert not mailbox
    assert Invitation.objects.get().digest is None


def test_a_deleted_organization_invites_nobody(acme: Team, owner: Actor) -> None:
    Organization.objects.update(deleted_at=timezone.now())
    with pytest.raises(Organization.DoesNotExist):
        invite(acme, owner)


def test_one_person_has_so_many_mails_a_day(acme: Team, owner: Actor, settings: Settings) -> None:
    settings.INVITATIONS_A_DAY = 2
    first = invite(acme, owner, "one@example.com")
    invitations.resend(first, by=owner, now=timezone.now())
    with pytest.raises(InvitationLimitReached):
        invite(acme, owner, "two@example.com")
    with pytest.raises(InvitationLimitReached):
        invitations.resend(first, by=owner, now=timezone.now())
    assert Invitation.objects.count() == 1
    assert Invitation.objects.get().digest == first.digest
    assert invite(acme, acme.actor(Role.ADMIN), "two@example.com")


def test_one_address_gets_so_many_mails_a_day_whoever_sends_them(settings: Settings) -> None:
    settings.INVITATIONS_TO_ADDRESS_A_DAY = 1
    acme, other = Team("acme"), Team("other")
    invite(acme, acme.actor(Role.OWNER))
    with pytest.raises(InvitationLimitReached):
        invite(other, other.actor(Role.OWNER), "Bob@Example.com")


def test_every_answer_is_in_the_trail(acme: Team, owner: Actor, bob: User) -> None:
    now = timezone.now()
    made = invite(acme, owner)
    invitations.resend(made, by=owner, now=now)
    invitations.revoke(made, by=owner, now=now)
    invitations.decline(invite(acme, owner), by=person(bob), now=now)
    accept(invite(acme, owner), bob)
    actions = [
        Action.INVITATION_CREATED,
        Action.INVITATION_RESENT,
        Action.INVITATION_REVOKED,
        Action.INVITATION_CREATED,
        Action.INVITATION_DECLINED,
        Action.INVITATION_CREATED,
        Action.INVITATION_ACCEPTED,
    ]
    events = Event.objects.filter(action__startswith="invitation.").order_by("pk")
    assert [event.action for event in events] == actions
    assert not any("@" in str(event.data) for event in events)


def test_what_ended_a_week_ago_is_purged_with_its_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = timezone.now()
    long_ago = now - WEEK - timedelta(minutes=1)
    ended = {"state": InvitationState.REVOKED}
    InvitationFactory.create(created_at=long_ago - WEEK)
    InvitationFactory.create(ended_at=long_ago, created_at=now, **ended)
    kept = [
        InvitationFactory.create(created_at=now - WEEK),
        InvitationFactory.create(ended_at=now, created_at=now, **ended),
        InvitationFactory.create(),
    ]
    call_command("purge_invitations", "--dry-run")
    assert capsys.readouterr().out == "would remove 2 invitations\n"
    assert Invitation.objects.count() == 5
    call_command("purge_invitations")
    assert capsys.readouterr().out == "removed 2 invitations\n"
    assert set(Invitation.objects.all()) == set(kept)


def test_the_purge_is_on_the_schedule() -> None:
    assert BEAT_SCHEDULE["purge-invitations"]["task"] == "accounts.purge_invitations"
    assert app.tasks["accounts.purge_invitations"]() == 0
