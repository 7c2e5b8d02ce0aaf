"""What owners of wallets are told of their top-ups."""

from django.conf import settings
from django.urls import reverse

from accounts import mail, parties
from accounts.mail import Letter
from accounts.models import Organization
from payments import declines
from payments.models import AutoTopUp, TopUp


def send(letter: Letter, *, about: TopUp) -> None:
    """Write to whose wallet it is, and to who started it for an organization, once this commits."""
    party, started_by = about.payer.party, about.started_by
    told = parties.addresses_of(party)
    if isinstance(party, Organization) and started_by and parties.belongs(started_by, party):
        told.append(started_by.email)
    for address in dict.fromkeys(told):
        mail.send_on_commit(letter, to=address)


def failed(top_up: TopUp) -> Letter:
    """Return the letter about a top-up that was declined."""
    path = reverse("wallet-top-up-status", args=[top_up.public_id])
    return Letter(
        template="top_up_failed",
        subject="Your top-up was declined",
        facts={
            "amount_cents": top_up.amount_cents,
            "why": declines.why(top_up.failure_code),
            "is_automatic": top_up.is_automatic,
            "url": f"{settings.SITE_URL}{path}",
        },
    )


def stopped(auto: AutoTopUp) -> Letter:
    """Return the letter that a wallet no longer fills itself."""
    return Letter(
        template="auto_top_up_stopped",
        subject="Your wallet no longer fills itself",
        facts={
            "declines": auto.declines,
            "url": f"{settings.SITE_URL}{reverse('wallet-auto-top-up')}",
        },
    )
