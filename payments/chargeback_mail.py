"""What a dispute's parties are told: who paid, who sold, and who answers the bank."""

from django.conf import settings
from django.urls import reverse

from accounts import mail, parties
from accounts.mail import Letter
from accounts.models import User
from catalog.models import Vendor
from payments import accounts, debts, top_up_mail
from payments.models import Chargeback, ChargebackState, Order, SellerAccount, TopUp

_BEGINNINGS = {
    ChargebackState.OPEN: "A payment is disputed",
    ChargebackState.WON: "A dispute was won",
    ChargebackState.LOST: "A dispute was lost",
}


def tell(chargeback: Chargeback) -> None:
    """Write to everybody concerned how it stands, once the caller's transaction does."""
    if chargeback.top_up_id:
        _tell_owner(chargeback, TopUp.objects.with_payer().get(pk=chargeback.top_up_id))
    elif chargeback.order_id:
        _tell_both(chargeback, Order.objects.with_buyer().get(pk=chargeback.order_id))
    if chargeback.is_open:
        for operator in settings.OPERATOR_EMAILS:
            mail.send_on_commit(_letter(chargeback, "dispute_to_answer"), to=operator)


def _tell_owner(chargeback: Chargeback, top_up: TopUp) -> None:
    wallet = accounts.wallet_of(top_up.payer.party)
    facts: dict[str, object] = {
        "owed_cents": debts.owed_on(wallet),
        "is_frozen": wallet.is_frozen,
        "url": f"{settings.SITE_URL}{reverse('wallet')}",
    }
    top_up_mail.send(_letter(chargeback, "top_up_disputed", **facts), about=top_up)


def _tell_both(chargeback: Chargeback, order: Order) -> None:
    facts: dict[str, object] = {"title": order.listing.title, "order": order.public_id}
    url = f"{settings.SITE_URL}{reverse('order', args=[order.public_id])}"
    bought = _letter(chargeback, "purchase_disputed", url=url, **facts)
    parties.tell(order.buyer, bought, rather=order.placed_by)
    url = f"{settings.SITE_URL}{reverse('earnings')}"
    seller_cents = chargeback.party_cents + chargeback.receivable_cents
    sold = _letter(chargeback, "sale_disputed", url=url, seller_cents=seller_cents, **facts)
    parties.tell(order.vendor.party, sold, rather=_payouts_keeper(order.vendor))


def _payouts_keeper(vendor: Vendor) -> User | None:
    """Return who has set up a vendor's payouts, if somebody has."""
    account = SellerAccount.objects.select_related("opened_by").filter(vendor=vendor).first()
    return account.opened_by if account else None


def _letter(chargeback: Chargeback, template: str, **more: object) -> Letter:
    state = ChargebackState(chargeback.state)
    due = chargeback.evidence_due_at
    facts = {
        "chargeback": chargeback.public_id,
        "dispute": chargeback.provider_id,
        "state": state.value,
        "amount_cents": chargeback.amount_cents,
        "reason": chargeback.reason.replace("_", " "),
        "due_at": due.strftime("%Y-%m-%d %H:%M UTC") if due else "",
    }
    return Letter(template=template, subject=_BEGINNINGS[state], facts=facts | more)
