"""A walk over releases: in order, each once, whoever dies on the way.

Most releases here have no bytes, so that a step counts as inconclusive and costs no scan.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actor import Actor
from audit.actions import Action
from audit.models import Event
from catalog.models import Listing, Vendor
from mog_site.celery import app
from releases import campaigns, claims, rescans
from releases.models import Release, RescanCampaign
from releases.states import State
from scanning import ruleset
from tests import shelf
from tests.factories.catalog import ListingFactory
from tests.factories.scanning import ReportFactory
from tests.releases.conftest import send, starves

_OLD = "0123456789abcdef" * 4

pytestmark = pytest.mark.django_db


def start(**scope: object) -> RescanCampaign:
    """Begin a walk, as whoever has a shell."""
    walk: RescanCampaign = campaigns.start(by=Actor.system(), now=timezone.now(), **scope)  # type: ignore[arg-type]  # a listing or a version
    return walk


def step(walk: RescanCampaign) -> RescanCampaign:
    """Do the next step, as a worker that has its message; return how it stands."""
    walk.refresh_from_db()
    campaigns.rescan_next(walk.pk, walk.cursor)
    walk.refresh_from_db()
    return walk


def published(number: int = 3) -> list[Release]:
    """Return releases of as many listings, scanned under rules of long ago."""
    return [shelf.judged(State.PUBLISHED) for _ in range(number)]


def passed_over(walk: RescanCampaign, releases: list[Release]) -> bool:
    """Tell whether a walk is over and has met exactly these."""
    return walk.finished_at is not None and walk.scanned == walk.total == len(releases)


def test_a_walk_does_one_release_a_step() -> None:
    releases = published()
    walk = start()
    assert (walk.total, walk.scanned, walk.ruleset) == (3, 0, ruleset.current().version)
    for number, release in enumerate(releases, start=1):
        step(walk)
        assert (walk.cursor, walk.scanned, walk.inconclusive) == (release.pk, number, number)
        assert walk.finished_at is None
    assert passed_over(step(walk), releases)


def test_only_what_matters_and_is_not_of_today_is_met() -> None:
    [old] = published(1)
    today = ruleset.current().version
    [new] = published(1)
    Release.objects.filter(pk=new.pk).update(report=ReportFactory.create(ruleset=today))
    for state in (State.REJECTED, State.SUSPENDED, State.REVOKED):
        shelf.judged(state)
    accepted = shelf.judged(State.ACCEPTED)
    walk = start()
    assert list(campaigns.ahead_of(walk)) == [old, accepted]


def test_a_walk_may_be_about_one_version_of_the_rules() -> None:
    [old, other] = published(2)
    Release.objects.filter(pk=other.pk).update(report=ReportFactory.create(ruleset="a" * 64))
    assert list(campaigns.ahead_of(start(of_ruleset="a" * 64))) == [other]
    assert list(campaigns.ahead_of(start(of_ruleset=_OLD))) == [old]


def test_a_walk_may_be_about_one_listing() -> None:
    releases = published()
    listing = releases[1].listing
    assert list(campaigns.ahead_of(start(listing=listing))) == [releases[1]]


def test_a_second_start_goes_on_with_the_first() -> None:
    published()
    walk = start()
    step(walk)
    assert start() == walk
    assert start(of_ruleset=_OLD) != walk
    assert Event.objects.filter(action=Action.RESCAN_STARTED).count() == 2


def test_a_message_for_a_step_that_is_done_does_nothing() -> None:
    releases = published()
    walk = start()
    step(walk)
    campaigns.rescan_next(walk.pk, 0)
    walk.refresh_from_db()
    assert (walk.scanned, walk.cursor) == (1, releases[0].pk)


def test_what_a_worker_holds_no_other_takes() -> None:
    published()
    walk = start()
    assert walk.claim("first", cursor=0, lease=claims.LEASE, now=timezone.now())
    assert step(walk).scanned == 0


def test_who_has_lost_the_walk_moves_nothing() -> None:
    releases = published()
    walk = start()
    long_ago = timezone.now() - timedelta(minutes=1)
    assert walk.claim("first", cursor=0, lease=claims.LEASE, now=long_ago)
    assert step(walk).scanned == 1
    now = timezone.now()
    assert not walk.renew("first", lease=claims.LEASE, now=now)
    assert not walk.advance("first", cursor=releases[2].pk, lease=claims.LEASE, now=now, scanned=1)
    assert not walk.finish("first", now=now)
    walk.refresh_from_db()
    assert (walk.scanned, walk.cursor) == (1, releases[0].pk)


def test_a_walk_whose_worker_died_is_taken_up_where_it_was() -> None:
    releases = published()
    walk = start()
    step(walk)
    walk.claim("dead", cursor=walk.cursor, lease=claims.LEASE, now=timezone.now())
    assert campaigns.sweep() == 0
    RescanCampaign.objects.update(lease_until=timezone.now())
    app.conf.task_always_eager = True
    try:
        assert campaigns.sweep() == 1
    finally:
        app.conf.task_always_eager = False
    walk.refresh_from_db()
    assert (walk.scanned, walk.cursor) == (2, releases[1].pk)


def test_a_scan_that_a_busy_machine_cut_short_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published(1)
    walk = start()
    with monkeypatch.context() as busy:
        busy.setattr(rescans, "examined", starves)
        assert step(walk).scanned == 0
    RescanCampaign.objects.update(lease_until=timezone.now())
    assert step(walk).scanned == 1


def test_a_release_that_workers_die_of_is_passed_over() -> None:
    published(1)
    walk = start()
    for number in range(3):
        moment = timezone.now() - timedelta(hours=1)
        assert walk.claim(f"dead-{number}", cursor=0, lease=timedelta(), now=moment)
    step(walk)
    assert (walk.scanned, walk.inconclusive, walk.attempts) == (1, 1, 0)


def test_a_walk_ends_when_the_rules_change(settings: Settings) -> None:
    published()
    walk = step(start())
    settings.SCAN_RULES_WATCHING = ["secret/crowded-file"]
    step(walk)
    assert (walk.is_superseded, walk.scanned) == (True, 1)
    assert walk.finished_at is not None
    assert start() != walk


@pytest.mark.usefixtures("worker")
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_walk_scans_what_is_live_under_the_rules_of_today(
    seller: Client, acme: Vendor, settings: Settings
) -> None:
    send(seller, publish="true")
    before = Release.objects.get()
    settings.SCAN_RULES_WATCHING = ["secret/crowded-file"]
    walk = start()
    walk.refresh_from_db()
    assert (walk.total, walk.scanned, walk.inconclusive) == (1, 1, 0)
    assert walk.finished_at is not None
    after = Release.objects.select_related("report").get()
    assert after.report is not None
    assert after.report != before.report
    assert after.report.ruleset == walk.ruleset


@pytest.mark.usefixtures("worker")
@pytest.mark.django_db(transaction=True)
def test_the_command_starts_a_walk_and_prints_how_it_goes() -> None:
    published(2)
    said = io.StringIO()
    call_command("rescan", wait=True, stdout=said)
    first, *_, last = said.getvalue().splitlines()
    assert "0 of 2 scanned" in first
    assert last.endswith("2 of 2 scanned, 0 flagged, 0 suspended, 2 inconclusive; done")
    again = io.StringIO()
    call_command("rescan", status=True, stdout=again)
    assert again.getvalue().splitlines() == [last]


def test_the_command_says_that_there_is_nothing_to_scan() -> None:
    said = io.StringIO()
    call_command("rescan", stdout=said)
    assert "No release of these is to be scanned again" in said.getvalue()


def test_the_command_takes_a_listing_and_a_version() -> None:
    listing: Listing = ListingFactory.create()
    call_command("rescan", listing=listing.name, ruleset=_OLD, stdout=io.StringIO())
    walk = RescanCampaign.objects.get()
    assert (walk.listing, walk.of_ruleset) == (listing, _OLD)


@pytest.mark.parametrize(
    "options", [{"listing": "acme/nothing"}, {"ruleset": "latest"}, {"ruleset": "A" * 64}]
)
def test_the_command_refuses_what_cannot_be_meant(options: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        call_command("rescan", stdout=io.StringIO(), **options)
    assert not RescanCampaign.objects.exists()


def test_the_command_says_that_the_rules_have_changed(settings: Settings) -> None:
    published(1)
    walk = start()
    settings.SCAN_RULES_WATCHING = ["secret/crowded-file"]
    step(walk)
    said = io.StringIO()
    call_command("rescan", status=True, stdout=said)
    assert "stopped, because the rules changed" in said.getvalue()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_do_no_release_twice() -> None:
    releases = published(6)
    walk = start()

    def work(_number: int) -> None:
        try:
            for _ in range(40):
                mine = RescanCampaign.objects.get(pk=walk.pk)
                campaigns.rescan_next(mine.pk, mine.cursor)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    walk.refresh_from_db()
    assert passed_over(walk, releases)
