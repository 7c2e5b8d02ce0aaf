"""Two persons take a release out for good, in the admin."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from releases import revocation, revocation_mail
from releases.models import Release, Revocation
from releases.states import State
from tests import queue, shelf
from tests.factories.payments import EntitlementFactory
from tests.releases.people import at_work, staff
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "/admin/releases/revocation/"
REASON = {"reason": "It steals keys."}


def asked_by_another() -> Revocation:
    """Return a request that somebody else has made."""
    release = shelf.published()
    return revocation.request(release, reason="It steals keys.", by=staff(), now=timezone.now())


def page(asked: Revocation, act: str = "change") -> str:
    """Return an address about a request."""
    return f"{LIST}{asked.pk}/{act}/"


def request_page(release: Release) -> str:
    """Return the address on which it is asked for."""
    return f"{LIST}request/{release.pk}/"


def test_one_asks_and_another_confirms() -> None:
    (first, one), (second, other) = at_work("moderator"), at_work("moderator")
    release = shelf.published()
    assert first.post(request_page(release), REASON).headers["Location"] == LIST
    asked = Revocation.objects.get()
    assert "Somebody else must confirm." in first.get(LIST).content.decode()
    assert b"so somebody else must confirm" in first.get(page(asked)).content
    assert b"Confirm: take it out for good" in second.get(page(asked)).content
    second.post(page(asked, "confirm"))
    asked.refresh_from_db()
    assert (asked.requested_by, asked.confirmed_by) == (one, other)
    assert Release.objects.get().state == State.REVOKED


def test_a_reason_is_sent_by_a_key_which_the_page_lists() -> None:
    client, _ = at_work("moderator")
    text = client.get(request_page(shelf.published())).content.decode()
    assert "data-keys" in text
    assert "<kbd>Ctrl Enter</kbd>" in text


def test_the_page_of_a_request_lists_its_keys() -> None:
    client, _ = at_work("moderator")
    text = client.get(page(asked_by_another())).content.decode()
    assert "<kbd>u</kbd>" in text
    assert "<kbd>q</kbd>" in text


def test_nobody_confirms_their_own_request() -> None:
    client, _ = at_work("moderator")
    client.post(request_page(shelf.published()), REASON)
    asked = Revocation.objects.get()
    text = client.post(page(asked, "confirm"), follow=True).content.decode()
    assert "You have asked for this yourself." in text
    assert Release.objects.get().state == State.SUSPENDED


def test_it_is_declined_for_a_reason() -> None:
    client, person = at_work("moderator")
    asked = asked_by_another()
    assert "Say why." in client.post(page(asked, "decline"), {"reason": " "}).content.decode()
    answer = client.post(page(asked, "decline"), {"reason": "A false alarm."})
    assert answer.headers["Location"] == f"/admin/releases/release/{asked.release_id}/decide/"
    asked.refresh_from_db()
    assert (asked.declined_by, asked.answer) == (person, "A false alarm.")
    assert "A false alarm." in client.get(page(asked)).content.decode()
    assert "Bring back" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("act", ["confirm", "decline"])
def test_who_comes_later_is_told(act: str) -> None:
    client, _ = at_work("moderator")
    asked = asked_by_another()
    revocation.decline(asked, reason="A false alarm.", by=staff(), now=timezone.now())
    text = client.post(page(asked, act), {"reason": "Mine."}, follow=True).content.decode()
    assert "Somebody else was faster" in text


def test_a_second_request_is_told_of_the_first() -> None:
    client, _ = at_work("moderator")
    asked = asked_by_another()
    text = client.post(request_page(asked.release), REASON).content.decode()
    assert "Somebody has asked that it be taken out for good." in text
    assert Revocation.objects.count() == 1


def test_a_held_release_cannot_be_taken_out() -> None:
    client, _ = at_work("moderator")
    text = client.post(request_page(queue.held().release), REASON).content.decode()
    assert "It is held by now, and cannot become revoked." in text


def test_the_list_tells_what_waits_and_how_far_buyers_are_told() -> None:
    client, _ = at_work("support")
    waiting, done = asked_by_another(), asked_by_another()
    EntitlementFactory.create_batch(3, listing=done.release.listing)
    revocation.confirm(done, by=staff(), now=timezone.now())
    revocation_mail.tell(done.pk)
    text = client.get(LIST).content.decode()
    assert "waits for a second person" in text
    assert "3 so far" in text
    only = client.get(f"{LIST}?ended=waiting").content.decode()
    assert waiting.release.name in only
    assert done.release.name not in only
    assert waiting.release.name not in client.get(f"{LIST}?ended=confirmed").content.decode()
    revocation_mail.tell(done.pk)
    told = " ".join(client.get(page(done)).content.decode().split())
    assert "3 of 3 buyers are told." in told
    assert "The last mail left" in told


def test_the_list_costs_the_same_however_long_it_is() -> None:
    client, _ = at_work("support")
    spent = []
    for number in (1, 6):
        for _ in range(number):
            asked_by_another()
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_support_looks_and_ends_nothing() -> None:
    client, _ = at_work("support")
    asked = asked_by_another()
    text = client.get(page(asked)).content.decode()
    assert "It waits for a second person." in text
    assert client.post(page(asked, "confirm")).status_code == 403
    assert client.post(page(asked, "decline"), REASON).status_code == 403
    assert client.post(request_page(shelf.published()), REASON).status_code == 403
    assert Revocation.objects.waiting().count() == 1


def test_strangers_get_no_further(client: Client, charlie: User) -> None:
    sign_in(client, charlie)
    asked = asked_by_another()
    for address in (LIST, page(asked), request_page(asked.release)):
        assert client.get(address, follow=True).status_code == 403
    client.post(page(asked, "confirm"))
    assert Release.objects.get().state == State.SUSPENDED


def test_confirming_is_never_a_link() -> None:
    client, _ = at_work("moderator")
    assert client.get(page(asked_by_another(), "confirm")).status_code == 405
    assert client.get(f"{LIST}77/change/").status_code == 404
