"""Tell a seller what has become of a release, and what was answered to a dispute."""

from django.conf import settings

from accounts import mail
from releases import exceptions
from releases.models import Dispute, Release


def tell_seller(release: Release) -> None:
    """Write to whoever uploaded it, once the caller's transaction stands."""
    letter = mail.Letter(
        template="release_decided",
        subject=f"{release.name} {release.version}: {release.state}",
        facts={
            "name": release.name,
            "version": release.version,
            "state": str(release.state),
            "url": page_of(release),
        },
    )
    mail.send_on_commit(letter, to=release.uploaded_by.email)


def tell_answer(dispute: Dispute) -> None:
    """Tell whoever contested a finding what a person has answered, and what follows from it."""
    release = dispute.release
    release.refresh_from_db(fields=["state"])
    finding = dispute.finding
    letter = mail.Letter(
        template="dispute_answered",
        subject=f"{release.name} {release.version}: your dispute was {dispute.state}",
        facts={
            "name": release.name,
            "version": release.version,
            "answer": str(dispute.state),
            "reason": dispute.reason,
            "advice": finding.advice,
            "file": finding.file,
            "line": finding.line,
            "state": str(release.state),
            "verdict": str(exceptions.verdict(release)),
            "url": page_of(release),
        },
    )
    mail.send_on_commit(letter, to=dispute.opened_by.email)


def page_of(release: Release) -> str:
    """Return the address of a release's page."""
    return f"{settings.SITE_URL}/releases/{release.public_id}"
