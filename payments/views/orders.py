"""What one has bought for money, and the receipt of each purchase."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required
from payments import card_page, card_payments, card_purchases, declines, refunds
from payments.errors import NotRefundable, OrderNotPending
from payments.models import CardRefund, Order, OrderMethod, OrderState, Refund
from payments.models.chargeback import state_of
from payments.stripe_port import ProviderError

_PAGE_SIZE = 50
_BACK = {
    OrderMethod.WALLET: "The money is back in your wallet.",
    OrderMethod.CARD: "The money goes back to your card, which takes your bank some days.",
}
_NOT_CALLED_OFF = {
    False: "This order has ended already; see below how.",
    True: "The payment is on its way and cannot be stopped. Look again in a minute.",
}
_WHY_NOT = {
    "not_paid": "This order is not paid.",
    "disputed": "The payment is disputed at the bank, which decides about the money.",
    "refunded": "Money went back for this order already.",
    "too_late": "It was bought too long ago. Write to support.",
    "used": "The package was fetched, so it cannot be taken back here. Write to support.",
}


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """List the orders of the party the person acts for, newest first."""
    own = Order.objects.bought_by(actor_of(request))
    rows = own.with_listing().select_related("placed_by").order_by("-created_at", "-pk")
    page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "payments/orders.html", {"page": page})


@never_cache
@require_safe
@signed_in_required
def detail(request: MogRequest, public_id: str) -> HttpResponse:
    """Show one order as a receipt; somebody else's does not exist."""
    actor = actor_of(request)
    rows = Order.objects.bought_by(actor).with_buyer()
    order = get_object_or_404(rows, public_id=public_id)
    if order.is_pending:
        order = card_purchases.look(order, now=timezone.now())
    context = {
        "order": order,
        "why": declines.why(order.failure_code) if order.failure_code else "",
        "refunds": Refund.objects.filter(order=order).select_related("card_refund").order_by("pk"),
        "given_back": CardRefund.objects.filter(order=order, refund=None).order_by("pk"),
        "dispute_state": state_of(order),
        "may_refund": actor.may_manage and not refunds.why_not(order, now=timezone.now()),
        "refundable_until": order.paid_at and order.paid_at + settings.REFUND_WINDOW,
    }
    return render(request, "payments/order.html", context)


@throttled("financial", methods=("GET",))
@never_cache
@require_safe
@signed_in_required
@card_page.shows_card_form
def pay(request: MogRequest, public_id: str) -> HttpResponse:
    """Lead to where the card is asked for."""
    rows = Order.objects.bought_by(actor_of(request)).with_buyer()
    order = get_object_or_404(rows, public_id=public_id)
    if not order.is_pending:
        return redirect("order", public_id)
    intent = card_purchases.reach(order, now=timezone.now())
    if intent is None or intent.status not in card_payments.PAYABLE:
        return redirect("order", public_id)
    back = card_purchases.pay_url_of(order)
    stand_in = card_page.sandbox_url(intent.client_secret, back=back)
    if stand_in:
        return redirect(stand_in)
    facts = card_page.facts(intent.client_secret, back=back)
    context = {"amount_cents": order.price_cents, **facts}
    return render(request, "payments/pay.html", context)


@throttled("financial")
@never_cache
@require_POST
@signed_in_required
def cancel(request: MogRequest, public_id: str) -> HttpResponse:
    """Call off an order that waits for a card; a second press finds it called off."""
    actor = actor_of(request)
    rows = Order.objects.bought_by(actor).with_buyer()
    order = get_object_or_404(rows, public_id=public_id)
    try:
        card_purchases.cancel(order, by=actor, now=timezone.now())
    except OrderNotPending as refusal:
        messages.error(request, _NOT_CALLED_OFF[refusal.state == OrderState.PENDING])
    except ProviderError:
        messages.error(request, "The payment provider does not answer. Try again in a minute.")
    else:
        messages.success(request, "Called off. Nothing was taken.")
    return redirect("order", public_id)


@throttled("financial")
@never_cache
@require_POST
@signed_in_required
def refund(request: MogRequest, public_id: str) -> HttpResponse:
    """Take an order back; a second press finds it taken back."""
    actor = actor_of(request)
    order = get_object_or_404(Order.objects.bought_by(actor), public_id=public_id)
    try:
        made = refunds.take_back(order, by=actor, now=timezone.now())
    except NotRefundable as refusal:
        messages.error(request, _WHY_NOT[refusal.reason])
    else:
        messages.success(request, _BACK[OrderMethod(made.order.method)])
    return redirect("order", public_id)
