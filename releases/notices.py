"""Tell a seller what has become of a release."""

from django.conf import settings

from accounts import mail
from releases.models import Release


def tell_seller(release: Release) -> None:
    """Write to whoever uploaded it, once the caller's transaction stands."""
    letter = mail.Letter(
        template="release_decided",
        subject=f"{release.name} {release.version}: {release.state}",
        facts={
            "name": release.name,
            "version": release.version,
            "state": str(release.state),
            "url": f"{settings.SITE_URL}/releases/{release.public_id}",
        },
    )
    mail.send_on_commit(letter, to=release.uploaded_by.email)
