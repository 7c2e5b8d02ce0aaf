"""Scans live releases again under the rules of today, in the background."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actor import Actor
from catalog.models import Listing
from releases import campaigns
from releases.models import RescanCampaign

_PAUSE_SECONDS = 1.0
_SHOWN = 10
_RULESET_CHARACTERS = 64


class Command(BaseCommand):
    help = (
        "Scan live releases again under the rules of today. Workers do it, one release after the"
        " other; a stopped worker or a second call goes on where the first was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to scan, and whether to stay and watch."""
        parser.add_argument(
            "--ruleset",
            default="",
            metavar="VERSION",
            help="only releases scanned under this version; by default all under another than"
            " today's",
        )
        parser.add_argument(
            "--listing", default="", metavar="NAME", help="only releases of vendor/slug"
        )
        parser.add_argument("--wait", action="store_true", help="print progress until it is done")
        parser.add_argument(
            "--status", action="store_true", help="start nothing; print how the last ones stand"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, or go on with, one walk; raises CommandError where nothing can be meant."""
        if options["status"]:
            self._print_last()
            return
        walk = campaigns.start(
            listing=_listing(options["listing"]),
            of_ruleset=_ruleset(options["ruleset"]),
            by=Actor.system(),
            now=timezone.now(),
        )
        self.stdout.write(_line(walk))
        if not walk.total:
            self.stdout.write("No release of these is to be scanned again under today's rules.")
        if options["wait"]:
            self._watch(walk)

    def _print_last(self) -> None:
        walks = RescanCampaign.objects.filter(release__isnull=True).order_by("-pk")
        for walk in walks[:_SHOWN]:
            self.stdout.write(_line(walk))

    def _watch(self, walk: RescanCampaign) -> None:
        said = ""
        while True:
            walk.refresh_from_db()
            if _line(walk) != said:
                said = _line(walk)
                self.stdout.write(said)
            if walk.finished_at:
                break
            time.sleep(_PAUSE_SECONDS)
        if walk.is_superseded:
            raise CommandError("The rules have changed meanwhile. Start it again.")


def _listing(name: str) -> Listing | None:
    if not name:
        return None
    listing = Listing.objects.filter(name=name).first()
    if listing is None:
        raise CommandError(f"There is no listing {name}.")
    return listing


def _ruleset(version: str) -> str:
    is_one = len(version) == _RULESET_CHARACTERS and set(version) <= set("0123456789abcdef")
    if version and not is_one:
        raise CommandError("A version of the rules is 64 hexadecimal characters; reports have it.")
    return version


def _line(walk: RescanCampaign) -> str:
    """Return how a walk stands: `rsc_…: 12 of 340 scanned, 1 flagged, …; running`."""
    end = "running"
    if walk.finished_at:
        end = "stopped, because the rules changed" if walk.is_superseded else "done"
    counts = (
        f"{walk.scanned} of {walk.total} scanned, {walk.flagged} flagged,"
        f" {walk.suspended} suspended, {walk.inconclusive} inconclusive"
    )
    return f"{walk.public_id}: {counts}; {end}"
