"""Owners who go at the same moment: one stays. Those who accept twice join once."""

import pytest
from django.utils import timezone

from accounts import device_flow
from accounts.device_flow import Decision
from accounts.models import Credential, CredentialKind, Membership, Role, User
from accounts.models.credential import MAXIMUM_LIFETIME
from accounts.scopes import Scope
from audit.actions import Action
from audit.models import Event
from tests.devices import grant_of, person, started
from tests.factories.accounts import InvitationFactory
from tests.organizations import Team
from tests.racing import race

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

_RACERS = "tests.accounts.membership_racers"


def test_of_owners_who_all_go_at_once_one_stays() -> None:
    acme = Team()
    owners = [acme.joined(Role.OWNER) for _ in range(8)]
    keys = " ".join(str(owner.pk) for owner in owners)
    results = race(f"{_RACERS}:leave_or_step_down", keys, processes=4, threads=2)
    assert sorted(results) == ["LastOwner"] + ["gone"] * 7
    assert Membership.objects.filter(role=Role.OWNER).count() == 1


def test_who_accepts_in_several_tabs_at_once_joins_once(bob: User) -> None:
    acme = Team()
    acme.joined(Role.OWNER)
    made = InvitationFactory.create(organization=acme.organization, email=bob.email)
    results = race(f"{_RACERS}:accept", str(made.pk), processes=2, threads=2)
    assert set(results) == {str(Membership.objects.get(user=bob).pk)}
    assert Event.objects.filter(action=Action.INVITATION_ACCEPTED).count() == 1


def test_a_device_that_fetches_its_token_while_its_person_is_removed_keeps_none() -> None:
    acme = Team()
    owner = acme.joined(Role.OWNER).user
    members = [acme.joined(Role.MEMBER) for _ in range(8)]
    codes = []
    for member in members:
        grant = started(timezone.now(), Scope.READ)
        decision = Decision(
            scopes={Scope.READ}, token_lifetime=MAXIMUM_LIFETIME, organization=acme.organization
        )
        row = grant_of(grant)
        device_flow.approve(row, decision, by=person(member.user), now=timezone.now())
        codes.append(grant.device_code)
    keys = " ".join(str(member.pk) for member in members)
    arguments = (str(owner.pk), keys, " ".join(codes))
    results = race(f"{_RACERS}:fetch_or_remove", *arguments, processes=4, threads=4)
    assert results.count("removed") == 8
    assert set(results) <= {"removed", "fetched", "nothing"}
    assert Membership.objects.get().user == owner
    issued = Credential.objects.filter(kind=CredentialKind.DEVICE)
    assert not issued.live(now=timezone.now()).exists()
    assert not issued.filter(revoked_at=None).exists()
