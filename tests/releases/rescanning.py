"""Scans under the rules of tomorrow, for tests of what they do to releases."""

from collections.abc import Callable

from django.core import mail
from django.utils import timezone

from releases import campaigns, publishing
from releases.models import Release
from releases.states import State
from tests.bearer import SELLER, Bearer

Rules = Callable[..., None]
Upload = Callable[..., Release]

RULE = """
- id: link/acme-{name}
  severity: {severity}
  confidence: high
  advice: Remove the badge.
  malicious: {malicious}
  pattern: 'acme-{name}'
"""


def fresh(public_id: str) -> Release:
    """Return a release as its row stands."""
    return Release.objects.with_listing().with_artifact().get(public_id=public_id)


def published(upload: Upload, state: State = State.PUBLISHED) -> Release:
    """Return an uploaded release in one of the states that are scanned again."""
    release = upload(publish="" if state in {State.ACCEPTED, State.HELD} else "true")
    if state is State.WITHDRAWN:
        by = Bearer(release.uploaded_by, SELLER).actor
        publishing.withdraw(release, reason="It is old.", by=by, now=timezone.now())
    mail.outbox.clear()
    return release


def scan_again(release: Release) -> Release:
    """Have its seller ask for another scan; return how it stands then."""
    by = Bearer(release.uploaded_by, SELLER).actor
    campaigns.ask(release, by=by, now=timezone.now())
    return fresh(release.public_id)
