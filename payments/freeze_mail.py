"""What the owner of a wallet is told when staff freezes it or lets it go; of disputes see
`chargeback_mail`.
"""

from django.conf import settings
from django.urls import reverse

from accounts import parties
from accounts.mail import Letter
from payments.models import Account


def tell(wallet: Account) -> None:
    """Write how a wallet stands from now on, once the caller's transaction does.

    Never why: what staff writes down is for staff.
    """
    party = wallet.organization or wallet.user
    assert party is not None  # a constraint holds it
    letter = Letter(
        template="wallet_frozen",
        subject="A wallet is frozen" if wallet.is_frozen else "A wallet can be used again",
        facts={
            "is_frozen": wallet.is_frozen,
            "organization": wallet.organization.name if wallet.organization else "",
            "url": f"{settings.SITE_URL}{reverse('wallet')}",
        },
    )
    parties.tell(party, letter)
