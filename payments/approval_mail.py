"""Who is told of an approval: whoever decides, and then whoever has asked."""

from django.conf import settings
from django.urls import reverse

from accounts import mail, parties
from accounts.mail import Letter
from accounts.models import Credential
from payments.models import Approval
from payments.reason_words import in_words


def url_of(approval_id: str) -> str:
    """Return the page where an approval is decided."""
    return f"{settings.SITE_URL}{reverse('approval', args=[approval_id])}"


def ask(approval: Approval, token: Credential | None) -> None:
    """Tell everybody who may decide, once the question is committed.

    token: what asks; None for a person in a browser.
    """
    label = " ".join(token.label.split()) if token else ""  # a header has one line
    asks = label or approval.requested_by.username
    verb = "buy" if approval.price_cents else "install"
    letter = Letter(
        template="approval_asked",
        subject=f"May {asks} {verb} {approval.listing.title}?",
        facts={
            **_facts(approval),
            "token": label,
            "asked_by": approval.requested_by.username if approval.organization else "",
            "prefix": token.prefix if token else "",
            "reasons": in_words(approval.reasons),
        },
    )
    parties.tell(approval.organization or approval.requested_by, letter)


def tell(approval: Approval) -> None:
    """Tell whoever has asked what somebody else has decided."""
    if approval.decided_by == approval.requested_by:
        return
    organization = approval.organization
    if organization is not None and not parties.belongs(approval.requested_by, organization):
        return
    assert approval.decided_by is not None
    letter = Letter(
        template="approval_decided",
        subject=f"{approval.listing.title}: {approval.get_state_display().lower()}",
        facts={
            **_facts(approval),
            "state": approval.state,
            "decided_by": approval.decided_by.name,
        },
    )
    mail.send_on_commit(letter, to=approval.requested_by.email)


def _facts(approval: Approval) -> dict[str, object]:
    return {
        "url": url_of(approval.public_id),
        "title": approval.listing.title,
        "name": approval.listing.name,
        "price_cents": approval.price_cents,
        "organization": approval.organization.name if approval.organization else "",
        "expires_at": f"{approval.expires_at:%Y-%m-%d %H:%M} UTC",
    }
