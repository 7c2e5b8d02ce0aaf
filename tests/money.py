"""Money for tests: what a wallet holds has come from somewhere, as in life."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from payments import accounts, ledger
from payments.ledger import Entry
from payments.models import Account, AccountKind, Posting


def fill(party: User | Organization, cents: int) -> Account:
    """Put money into the wallet of a person or an organization; return the wallet."""
    wallet = accounts.wallet_of(party)
    with transaction.atomic():
        entry = Entry("credit", accounts.ours(AccountKind.PROVIDER), wallet, cents)
        ledger.post(f"top_up:{Posting.objects.count()}", [entry], now=timezone.now())
    return wallet
