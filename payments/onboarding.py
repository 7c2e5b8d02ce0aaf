"""Open a vendor's account at the provider, and know what still keeps money from it.

The provider asks sellers who they are, on its own pages; we only ask it how they stand.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts import parties
from accounts.actor import Actor
from accounts.mail import Letter
from audit.actions import Action
from audit.log import record
from audit.who import SYSTEM
from catalog.models import Vendor
from payments import stripe_port
from payments.errors import InvalidCountry
from payments.models import SellerAccount, SellerStatus
from payments.stripe_port import ConnectAccount

_REASON_LENGTH = 100
# More than a provider asks for; a page that lists them stays one.
_MOST_DUE = 50


def begin(vendor: Vendor, *, country: str, by: Actor, now: datetime) -> str:
    """Return the provider's page where a vendor goes on; opens the account when there is none.

    country: two letters of ISO 3166. Raises InvalidCountry and ProviderError. Whoever comes twice,
    or after a crash, meets the account that is there: the key of its opening is that of its row.
    """
    account = _row_of(vendor, country=country, by=by, now=now)
    if account.account_id is None:
        opened = stripe_port.create_account(
            email=account.opened_by.email,
            country=account.country,
            metadata={"seller_account": account.public_id},
            key=f"{account.public_id}:1",
        )
        _open(account, opened.id, by=by, now=now)
        account.refresh_from_db()
    return link(account)


def link(account: SellerAccount) -> str:
    """Return a fresh link to the provider's page; each works once. Raises ProviderError."""
    assert account.account_id is not None  # it is opened before anybody is sent there
    slug = account.vendor.slug
    made = stripe_port.create_account_link(
        account.account_id,
        return_url=f"{settings.SITE_URL}{reverse('payout_set_up_return', args=[slug])}",
        refresh_url=f"{settings.SITE_URL}{reverse('payout_set_up_again', args=[slug])}",
    )
    return made.url


def refresh(account_id: str, *, now: datetime) -> bool:
    """Ask the provider how a seller's account stands; tell whether it is one of ours.

    Raises ProviderError. An answer that was asked for before the newest known one changes nothing.
    """
    asked_at = timezone.now()
    account = SellerAccount.objects.filter(account_id=account_id).first()
    if account is None:
        return False
    _store(account, stripe_port.retrieve_account(account_id), asked_at=asked_at, now=now)
    return True


@transaction.atomic
def _row_of(vendor: Vendor, *, country: str, by: Actor, now: datetime) -> SellerAccount:
    if country not in settings.PAYOUT_COUNTRIES:
        raise InvalidCountry
    facts = {"country": country, "opened_by": by.require_user(), "created_at": now}
    account, _ = SellerAccount.objects.select_related("opened_by").get_or_create(
        vendor=vendor, defaults=facts
    )
    return account


@transaction.atomic
def _open(account: SellerAccount, account_id: str, *, by: Actor, now: datetime) -> None:
    unopened = SellerAccount.objects.filter(pk=account.pk, account_id__isnull=True)
    if unopened.update(account_id=account_id):
        data = {"vendor": account.vendor.public_id, "country": account.country}
        record(Action.SELLER_ACCOUNT_OPENED, by=by.who, now=now, subject=account.subject, data=data)


@transaction.atomic
def _store(
    account: SellerAccount, told: ConnectAccount, *, asked_at: datetime, now: datetime
) -> None:
    held = SellerAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    before = held.status
    facts = {
        "details_submitted": told.details_submitted,
        "can_receive": told.can_receive,
        "currently_due": list(told.currently_due[:_MOST_DUE]),
        "disabled_reason": (told.disabled_reason or "")[:_REASON_LENGTH],
        "checked_at": asked_at,
    }
    older = Q(checked_at__isnull=True) | Q(checked_at__lt=asked_at)
    if not SellerAccount.objects.filter(older, pk=held.pk).update(**facts):
        return
    held.refresh_from_db()
    if held.status == before:
        return
    data = {"vendor": held.vendor.public_id, "was": before.value, "becomes": held.status.value}
    record(Action.SELLER_ACCOUNT_CHANGED, by=SYSTEM, now=now, subject=held.subject, data=data)
    if SellerStatus.READY in (before, held.status):
        parties.tell(held.vendor.party, _letter(held), rather=held.opened_by)


def _letter(account: SellerAccount) -> Letter:
    is_ready = account.status is SellerStatus.READY
    subject = "Payouts are set up" if is_ready else "Payouts need your attention"
    facts = {
        "vendor": account.vendor.slug,
        "is_ready": is_ready,
        "url": f"{settings.SITE_URL}{reverse('payouts')}",
    }
    return Letter(
        template="seller_account_changed", subject=f"{subject}: {account.vendor.slug}", facts=facts
    )
