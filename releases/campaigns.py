"""Walk over releases and scan each again: one step a task, so that a dead worker costs seconds.

A step claims the walk, scans the next release, and in one transaction lets the release bear what
was found and moves the cursor behind it. So no release is done twice, and none is left out.
"""

import logging
import secrets
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from releases import claims, rescans
from releases.errors import NothingToScan
from releases.models import Release, ReleaseQuerySet, RescanCampaign
from releases.rescans import Effect
from releases.states import RESCANNABLE
from releases.storage import BytesMissing
from scanning import ruleset
from scanning.engine import Examined
from scanning.errors import ScanInconclusive

log = logging.getLogger("mog.releases")

# A message that has not been taken up after this is sent again.
_MESSAGE_TIME = timedelta(seconds=30)
# A release that workers die of is passed over after so many.
_ATTEMPTS = 3


class _ClaimLost(Exception):
    """Another worker has taken the walk over; everything of this step is undone."""


def ask(release: Release, *, by: Actor, now: datetime) -> RescanCampaign:
    """Have one's own release scanned again; the scan that is under way, if there is one.

    Raises MissingScope, Listing.DoesNotExist, and NothingToScan where there is no archive that
    matters.
    """
    user = by.require_scope(Scope.SELL)
    with transaction.atomic():
        release.lock_listing_of_seller()
        release.refresh_from_db(fields=["state"])
        if release.state not in RESCANNABLE or not hasattr(release, "artifact"):
            raise NothingToScan
        running = RescanCampaign.objects.running().filter(release=release).first()
        if running:
            return running
        version = ruleset.current().version
        walk = RescanCampaign(release=release, ruleset=version, started_by=user, total=1)
        _begin(walk, now=now)
        record(Action.RESCAN_STARTED, by=by.who, now=now, subject=release.subject)
        return walk


def start(
    *, listing: Listing | None = None, of_ruleset: str = "", by: Actor, now: datetime
) -> RescanCampaign:
    """Begin a walk over what is live; the one over the same that is under way, if there is one.

    of_ruleset: only releases whose report is of this version; by default all that are not of
    today's.
    """
    scope = {"listing": listing, "of_ruleset": of_ruleset}
    with transaction.atomic():
        whole = RescanCampaign.objects.running().filter(release__isnull=True)
        if running := whole.filter(**scope).first():
            return running
        walk = RescanCampaign(ruleset=ruleset.current().version, started_by=by.user, **scope)
        walk.total = ahead_of(walk).count()
        _begin(walk, now=now)
        data = {"ofRuleset": of_ruleset, "listing": listing.public_id if listing else ""}
        record(Action.RESCAN_STARTED, by=by.who, now=now, subject=walk.subject, data=data)
        return walk


@shared_task(name="releases.rescan_next")
def rescan_next(pk: int, cursor: int) -> None:
    """Do the next step of a walk, unless another worker does or has done it."""
    walk = RescanCampaign.objects.filter(pk=pk).first()
    token = secrets.token_hex(16)
    if walk is None or not walk.claim(token, cursor=cursor, lease=claims.LEASE, now=timezone.now()):
        return
    walk.refresh_from_db()
    with claims.kept_alive(walk, token):
        _step(walk, token)


@shared_task(name="releases.sweep_rescans")
def sweep() -> int:
    """Send again what nobody took up: a lost message, a killed worker."""
    now = timezone.now()
    waiting = RescanCampaign.objects.unattended(now=now)
    found = list(waiting.values_list("pk", "cursor"))
    for pk, cursor in found:
        rescan_next.delay(pk, cursor)
    return len(found)


def _begin(walk: RescanCampaign, *, now: datetime) -> None:
    walk.started_at = now
    walk.lease_until = now + _MESSAGE_TIME
    walk.save()
    _send(walk, cursor=0)


def _send(walk: RescanCampaign, *, cursor: int) -> None:
    transaction.on_commit(lambda: rescan_next.delay(walk.pk, cursor), robust=True)


def _step(walk: RescanCampaign, token: str) -> None:
    if walk.release_id is None and walk.ruleset != ruleset.current().version:
        walk.finish(token, now=timezone.now(), is_superseded=True)
        return
    release = ahead_of(walk).order_by("pk").first()
    if release is None:
        walk.finish(token, now=timezone.now())
        return
    try:
        if walk.attempts > _ATTEMPTS:
            _pass_over(walk, token, release)
        else:
            _scan(walk, token, release)
    except _ClaimLost:
        log.info("%s is another worker's by now", walk.subject)


def ahead_of(walk: RescanCampaign) -> ReleaseQuerySet:
    """Return the releases that a walk has still before it."""
    there = Release.objects.filter(state__in=list(RESCANNABLE), artifact__isnull=False)
    there = there.filter(pk__gt=walk.cursor).with_listing().select_related("artifact")
    if walk.release_id:
        return there.filter(pk=walk.release_id)
    if walk.listing_id:
        there = there.filter(listing=walk.listing_id)
    if walk.of_ruleset:
        return there.filter(report__ruleset=walk.of_ruleset)
    return there.filter(Q(report=None) | ~Q(report__ruleset=walk.ruleset))


def _scan(walk: RescanCampaign, token: str, release: Release) -> None:
    try:
        with rescans.examined(release, now=timezone.now()) as result:
            _settle(walk, token, release, result)
    except (ScanInconclusive, BytesMissing) as error:
        log.warning("another scan of %s has no result: %s", release.public_id, error)
        is_passing = isinstance(error, ScanInconclusive) and error.is_passing
        if is_passing and walk.attempts < _ATTEMPTS:
            return  # as after a killed worker: the lease lapses, and the sweep goes on from here
        _pass_over(walk, token, release)


@transaction.atomic
def _settle(walk: RescanCampaign, token: str, release: Release, result: Examined) -> None:
    now = timezone.now()
    effect = rescans.settle(release, result, now=now)
    counts = {str(effect): 1} if effect is not Effect.NOTHING else {}
    _go_on(walk, token, release, counts, now=now)


@transaction.atomic
def _pass_over(walk: RescanCampaign, token: str, release: Release) -> None:
    """Count what could not be scanned; nothing of it changes."""
    _go_on(walk, token, release, {"inconclusive": 1}, now=timezone.now())


def _go_on(
    walk: RescanCampaign, token: str, release: Release, counts: dict[str, int], *, now: datetime
) -> None:
    behind = release.pk
    if not walk.advance(token, cursor=behind, lease=_MESSAGE_TIME, now=now, scanned=1, **counts):
        raise _ClaimLost
    _send(walk, cursor=behind)
