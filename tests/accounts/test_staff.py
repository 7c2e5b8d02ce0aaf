"""Who works here: made so by an operator, with a trace, and out of every session."""

from datetime import datetime
from io import StringIO

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import staff
from accounts.actor import Actor
from accounts.models import User
from audit.actions import Action
from audit.models import Event
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


def trail() -> list[tuple[str, str, str]]:
    """Return what the trail says of staff."""
    events = Event.objects.filter(action__startswith="staff.").order_by("pk")
    return [(event.action, event.subject, event.data) for event in events]


def run(*arguments: str) -> str:
    """Run the command and return what it printed."""
    out = StringIO()
    call_command("appoint_staff", *arguments, stdout=out)
    return out.getvalue()


def test_an_operator_makes_the_first_superuser(alice: User) -> None:
    assert run("alice", "--superuser") == "alice is now a superuser\n"
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (True, True)
    assert trail() == [
        (Action.STAFF_APPOINTED, f"user:{alice.public_id}", '{"superuser":true}'),
    ]


def test_staff_are_no_superusers(alice: User) -> None:
    run("alice", "--superuser")
    assert run("alice") == "alice is now staff\n"
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (True, False)


def test_a_second_time_changes_and_records_nothing(alice: User) -> None:
    run("alice")
    assert run("alice") == "alice is already staff\n"
    assert len(trail()) == 1


def test_the_dismissed_have_no_rights_left(alice: User) -> None:
    run("alice", "--superuser")
    assert run("alice", "--dismiss") == "alice is no longer staff\n"
    assert run("alice", "--dismiss") == "alice was not staff\n"
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)
    assert [action for action, _, _ in trail()] == [Action.STAFF_APPOINTED, Action.STAFF_DISMISSED]


def test_new_rights_begin_with_a_new_sign_in(client: Client, alice: User, now: datetime) -> None:
    sign_in(client, alice)
    assert client.get("/settings/sessions").status_code == 200
    staff.appoint(alice, as_superuser=True, by=Actor.system(), now=now)
    assert client.get("/admin/").status_code == 302
    assert client.get("/settings/sessions").status_code == 302


def test_a_moderator_may_decide_and_support_only_looks(alice: User, bob: User) -> None:
    assert run("alice", "--group", "moderator") == "alice is now staff (moderator)\n"
    run("bob", "--group", "support")
    alice, bob = User.objects.get(username="alice"), User.objects.get(username="bob")
    for person in (alice, bob):
        assert person.is_staff
        assert not person.is_superuser
        assert person.has_perm("releases.view_case")
        assert not person.has_perm("auth.change_group")
    assert alice.has_perm("releases.change_release")
    assert not bob.has_perm("releases.change_release")


def test_who_changes_the_group_leaves_the_other_and_every_session(alice: User) -> None:
    run("alice", "--group", "moderator")
    epoch = User.objects.get().session_epoch
    assert run("alice", "--group", "moderator") == "alice is already staff (moderator)\n"
    run("alice", "--group", "support")
    assert [group.name for group in alice.groups.all()] == ["support"]
    assert User.objects.get().session_epoch == epoch + 1
    assert [data for _, _, data in trail()] == [
        '{"group":"moderator","superuser":false}',
        '{"group":"support","superuser":false}',
    ]


def test_what_a_superuser_made_of_a_group_stays(alice: User, bob: User) -> None:
    run("alice", "--group", "moderator")
    Group.objects.get(name="moderator").permissions.clear()
    run("bob", "--group", "moderator")
    assert not User.objects.get(username="bob").get_all_permissions()


@pytest.mark.parametrize("name", settings.STAFF_GROUPS)
def test_every_group_names_permissions_that_exist(alice: User, name: str) -> None:
    run("alice", "--group", name)
    assert alice.groups.get().permissions.count() == len(settings.STAFF_GROUPS[name])


@pytest.mark.parametrize("arguments", [(), ("--superuser",), ("--dismiss",)])
def test_somebody_unknown_is_said_to_be(arguments: tuple[str, ...], db: None) -> None:
    with pytest.raises(CommandError, match="Nobody is called mallory here"):
        run("mallory", *arguments)


def test_a_closed_account_gets_no_rights(alice: User, now: datetime) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not staff.appoint(alice, as_superuser=True, by=Actor.system(), now=now)
    assert not staff.appoint(alice, group="moderator", by=Actor.system(), now=now)
    assert not alice.groups.exists()
    with pytest.raises(CommandError):
        run("alice")
