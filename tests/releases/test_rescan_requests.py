"""Who may have a release scanned again, and how often: through the API and on its page."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from catalog.models import Vendor
from releases import campaigns
from releases.errors import NothingToScan
from releases.models import Release, RescanCampaign
from releases.states import RESCANNABLE, State
from tests import shelf
from tests.bearer import SELLER, Bearer
from tests.factories.releases import ReleaseFactory
from tests.releases.conftest import RELEASES
from tests.releases.rescanning import Rules, Upload, published
from tests.signed_in import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


def ask(client: Client, release: Release) -> Any:
    """Ask for another scan through the API."""
    address = f"{RELEASES}/{release.public_id}/rescans"
    return client.post(address, {}, content_type="application/json")


@pytest.mark.parametrize("state", sorted(set(State) - RESCANNABLE - {State.UPLOADED}))
def test_only_what_matters_is_scanned_again(
    seller: Client, alice: User, acme: Vendor, state: State
) -> None:
    if state is State.SCANNING:
        release = ReleaseFactory.create(listing__vendor=acme, state=state)
    else:
        release = shelf.judged(state, listing__vendor=acme)
    answer = ask(seller, release)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_scan")
    by = Bearer(release.uploaded_by, SELLER).actor
    with pytest.raises(NothingToScan):
        campaigns.ask(release, by=by, now=timezone.now())


def test_another_scan_is_asked_for_through_the_api(
    seller: Client, upload: Upload, rules: Rules
) -> None:
    release = published(upload)
    rules("badge")
    answer = ask(seller, release)
    assert answer.status_code == 202
    assert answer["Location"] == f"{RELEASES}/{release.public_id}"
    told = seller.get(answer["Location"]).json()
    assert told["rescan"]["id"] == answer.json()["id"]
    assert told["rescan"]["isConclusive"] is True
    assert (told["title"], told["review"]["cause"]) == ("Published, and looked at again", "rescan")


def test_one_scan_at_a_time_is_asked_for(seller: Client, acme: Vendor) -> None:
    release = shelf.judged(State.PUBLISHED, listing__vendor=acme)
    first, second = ask(seller, release).json(), ask(seller, release).json()
    assert first["id"] == second["id"]
    assert (first["finishedAt"], first["isConclusive"]) == (None, None)
    assert Event.objects.filter(action=Action.RESCAN_STARTED).count() == 1


def test_so_many_scans_are_asked_for_in_a_day(seller: Client, acme: Vendor) -> None:
    release = shelf.judged(State.PUBLISHED, listing__vendor=acme)
    answers = [ask(seller, release) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    # The windows of a tier are days of their own; how much of this one is left, nobody knows.
    assert 0 < int(answers[-1]["Retry-After"]) <= 24 * 60 * 60 + 1


def test_strangers_ask_for_no_scan(charlie: User, alice: User, acme: Vendor) -> None:
    release = shelf.judged(State.PUBLISHED, listing__vendor=acme)
    assert ask(Bearer(charlie, SELLER).client, release).status_code == 404
    assert ask(Bearer(alice).client, release).status_code == 403
    browser = Client()
    sign_in(browser, charlie)
    assert browser.post(f"/releases/{release.public_id}/rescans").status_code == 404
    assert not RescanCampaign.objects.exists()


def test_the_page_offers_another_scan_once_the_rules_have_changed(
    client: Client, alice: User, upload: Upload, rules: Rules
) -> None:
    release = published(upload)
    sign_in(client, alice)
    page = f"/releases/{release.public_id}"
    assert "These are the rules of today" in client.get(page).content.decode()
    rules("badge")
    assert "Scan it again" in client.get(page).content.decode()
    assert client.post(f"{page}/rescans")["Location"] == page
    text = client.get(page).content.decode()
    for words in ("Published, and looked at again", "We aim to decide by", "Links and addresses"):
        assert words in text
