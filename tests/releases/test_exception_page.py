"""Exceptions in the admin: to look at, and to take back for a reason."""

import pytest
from django.test import Client
from django.utils import timezone

from releases import disputes
from releases.models import FindingException
from tests import queue
from tests.releases.people import at_work, staff

pytestmark = pytest.mark.django_db

LIST = "/admin/releases/findingexception/"


@pytest.fixture
def excepted() -> FindingException:
    """What somebody has accepted."""
    dispute = queue.contested(queue.held())
    disputes.accept(dispute, reason="A sample.", by=staff(), now=timezone.now())
    return FindingException.objects.get()


def withdraw(client: Client, excepted: FindingException, reason: str) -> str:
    """Take one back; return what the page says, or where it leads."""
    answer = client.post(f"{LIST}{excepted.pk}/withdraw/", {"reason": reason})
    excepted.refresh_from_db()
    return str(answer.headers.get("Location", answer.content.decode()))


def test_one_is_taken_back_for_a_reason(excepted: FindingException) -> None:
    client, person = at_work("moderator")
    assert "Say why." in withdraw(client, excepted, " ")
    assert excepted.withdrawn_at is None
    assert withdraw(client, excepted, "It is real.") == f"{LIST}{excepted.pk}/change/"
    assert (excepted.withdrawn_by, excepted.withdrawal_reason) == (person, "It is real.")
    assert "Somebody else was faster" in withdraw(client, excepted, "Again.")


def test_the_list_tells_which_stand(excepted: FindingException) -> None:
    client, _ = at_work("moderator")
    assert excepted.rule in client.get(f"{LIST}?standing=yes").content.decode()
    withdraw(client, excepted, "It is real.")
    assert excepted.rule not in client.get(f"{LIST}?standing=yes").content.decode()
    assert excepted.rule in client.get(f"{LIST}?standing=no").content.decode()


def test_who_took_one_back_is_named(excepted: FindingException) -> None:
    client, person = at_work("moderator")
    withdraw(client, excepted, "It is real.")
    for address in (f"{LIST}?standing=no", f"{LIST}{excepted.pk}/change/"):
        assert f"withdrawn by {person}" in client.get(address).content.decode()


def test_support_looks_and_takes_nothing_back(excepted: FindingException) -> None:
    client, _ = at_work("support")
    assert client.get(f"{LIST}{excepted.pk}/change/").status_code == 200
    assert client.get(f"{LIST}{excepted.pk}/withdraw/").status_code == 403
    withdraw(client, excepted, "Mine.")
    assert excepted.withdrawn_at is None
