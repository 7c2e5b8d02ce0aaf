"""Get a listing: at once what is free, after a look at the price what is not."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor
from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required
from catalog.models import Listing
from payments import accounts, card_purchases, checkout, entitlements
from payments.errors import (
    AccountFrozen,
    ApprovalDenied,
    ApprovalRequired,
    NothingToPay,
    NotOffered,
    Overdraft,
    OwnListing,
    PaymentsError,
    PaymentUnavailable,
    PolicyRefused,
    PriceAboveLimit,
    SellerChanged,
)
from payments.models import OrderMethod
from payments.sale_terms import Wanted
from payments.views import acting_for

# What a person is told who cannot have it, and whether the page with the price says more.
_SENTENCES: dict[type[PaymentsError], str] = {
    PaymentUnavailable: "This site takes no payments.",
    NothingToPay: "You have this package already.",
    NotOffered: "This package takes no new buyers.",
    OwnListing: "You sell this package yourself, so there is nothing to buy.",
    SellerChanged: "It has another seller by now. Nothing was paid; look at who that is.",
    PriceAboveLimit: "Its price has changed. Nothing was paid; look at the new price.",
    Overdraft: "Your wallet holds too little. Nothing was paid.",
    AccountFrozen: "Your wallet is frozen: a payment into it was disputed. Write to support.",
    ApprovalDenied: "An admin was asked and has denied this. Nothing was paid.",
    PolicyRefused: "Your organization's spend policy does not allow this. Nothing was paid.",
}
_OTHER_BUYER = "You act for somebody else now. Nothing was paid; look at whose wallet pays."
_LOOK_AGAIN = (SellerChanged, PriceAboveLimit, Overdraft, AccountFrozen, PolicyRefused)


@throttled("financial")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def purchase(request: MogRequest, vendor: str, slug: str) -> HttpResponse:
    """Show what it costs and what is in the wallet; buy it. Doing it twice is done once."""
    actor = actor_of(request)
    visible = Listing.objects.visible_to(actor).with_vendor().without_texts()
    listing = get_object_or_404(visible, name=f"{vendor}/{slug}")
    if request.method == "POST":
        return _buy(request, listing)
    if listing.is_free or not _may_buy(listing, by=actor):
        return redirect("listing", vendor, slug)
    wallet = accounts.wallet_for(actor)
    context = {
        "listing": listing,
        "wallet": wallet,
        "organization": actor.organization,
        "acting_for": acting_for.named(actor),
        "shortfall_cents": max(0, listing.price_cents - wallet.available_cents),
        "left_cents": wallet.available_cents - listing.price_cents,
    }
    return render(request, "payments/purchase.html", context)


def _buy(request: MogRequest, listing: Listing) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    names = (listing.namespace, listing.slug)
    agreed = _agreed_cents(request) if not listing.is_free else 0
    if agreed is None:  # nobody has shown them the price yet
        return redirect("purchase", *names)
    if not listing.is_free and acting_for.has_changed(request):
        messages.error(request, _OTHER_BUYER)
        return redirect("purchase", *names)
    wanted = Wanted(listing=listing.name, max_price_cents=agreed)
    try:
        with checkout.refusals_recorded(by=actor, now=now):
            if request.POST.get("pay_with") == OrderMethod.CARD:
                order = card_purchases.place(wanted, by=actor, now=now)
                # A link leads on to the provider: no form of ours may be answered from elsewhere.
                return redirect("order", order.public_id)
            # Under one form somebody may press twice: they have it by then, and pay nothing again.
            bought = checkout.purchase(wanted, by=actor, now=now, may_pay=True)
    except ApprovalRequired as refusal:
        messages.info(request, "A spend policy of your organization leaves this to an admin.")
        return redirect("approval", refusal.approval_id)
    except tuple(_SENTENCES) as refusal:
        messages.error(request, _sentence(refusal))
        is_on_page = isinstance(refusal, _LOOK_AGAIN)
        return redirect("purchase" if is_on_page else "listing", *names)
    messages.success(request, f"{listing.title} is in your library.")
    if bought.has_paid and bought.order is not None:
        return redirect("order", bought.order.public_id)
    return redirect("listing", *names)


def _agreed_cents(request: MogRequest) -> int | None:
    """Return the price that the form has shown, None when it is no number."""
    text = request.POST.get("price_cents", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _may_buy(listing: Listing, *, by: Actor) -> bool:
    held = entitlements.entitlement_of_party(listing, by=by)
    return held is None and listing.is_offered and not listing.vendor.is_of_party(by)


def _sentence(refusal: Exception) -> str:
    return next(text for cls, text in _SENTENCES.items() if isinstance(refusal, cls))
