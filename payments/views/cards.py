"""Saved cards and the wallet that fills itself, in the browser."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required, step_up_required
from payments import auto_top_up, card_page, payment_methods
from payments.errors import InvalidTopUp, NoSavedCard
from payments.forms import AutoTopUpForm
from payments.stripe_port import ProviderRefused
from payments.views import acting_for

_NO_CARD = "Save a card first: it is what is charged while you are away."
_OTHER_CARDS = "You act for somebody else now. Nothing was saved; look at whose cards these are."
_OTHER_WALLET = "You act for somebody else now. Nothing was saved; look at whose wallet it fills."
_FIELDS = {
    "threshold_cents": "threshold",
    "amount_cents": "amount",
    "monthly_ceiling_cents": "monthly_ceiling",
}


@throttled("financial", methods=("GET",))
@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """Show the saved cards; people come back to here from saving one."""
    saved = request.GET.get("setup_intent", "")
    actor = actor_of(request)
    if saved:
        setup = payment_methods.setup_of(saved, by=actor)
        payment_methods.settle_setup(setup.id, timezone.now())
        return redirect("wallet-cards")
    context = {
        "cards": payment_methods.listed(actor),
        "acting_for": acting_for.named(actor),
    }
    return render(request, "payments/cards.html", context)


@throttled("financial")
@require_POST
@step_up_required
def begin(request: MogRequest) -> HttpResponse:
    """Start saving a card."""
    actor = actor_of(request)
    actor.require_manager()
    if acting_for.has_changed(request):
        messages.error(request, _OTHER_CARDS)
        return redirect("wallet-cards")
    setup = payment_methods.begin(by=actor)
    return redirect("wallet-card-save", setup.id)


@throttled("financial", methods=("GET",))
@never_cache
@require_safe
@signed_in_required
@card_page.shows_card_form
def save(request: MogRequest, setup_id: str) -> HttpResponse:
    """Lead to where the card is entered."""
    setup = payment_methods.setup_of(setup_id, by=actor_of(request))
    back = f"{settings.SITE_URL}{reverse('wallet-cards')}"
    # A link, no redirect: browsers refuse to let the form that came here end on another site.
    stand_in = card_page.sandbox_url(setup.client_secret, back=back)
    facts = card_page.facts(setup.client_secret, back=back)
    context = {"is_setup": True, "stand_in": stand_in, **facts}
    return render(request, "payments/card_save.html", context)


@throttled("financial")
@require_POST
@step_up_required
def choose(request: MogRequest, method_id: str) -> HttpResponse:
    """Make a card the default."""
    payment_methods.choose(method_id, by=actor_of(request), now=timezone.now())
    messages.success(request, "This card is charged from now on.")
    return redirect("wallet-cards")


@throttled("financial")
@require_POST
@step_up_required
def remove(request: MogRequest, method_id: str) -> HttpResponse:
    """Forget a card."""
    try:
        payment_methods.remove(method_id, by=actor_of(request), now=timezone.now())
    except ProviderRefused:  # gone already
        messages.error(request, "This card was removed before.")
    else:
        messages.success(request, "The card is removed.")
    return redirect("wallet-cards")


@throttled("financial")
@never_cache
@require_http_methods(["GET", "POST"])
@step_up_required
def auto(request: MogRequest) -> HttpResponse:
    """Show and set when the wallet fills itself."""
    actor, now, is_sent = actor_of(request), timezone.now(), request.method == "POST"
    rule = auto_top_up.of(actor)
    if is_sent and acting_for.has_changed(request):
        messages.error(request, _OTHER_WALLET)
        return redirect("wallet-auto-top-up")
    initial = AutoTopUpForm.of(rule) | {"acting_for": acting_for.named(actor)}
    form = AutoTopUpForm(request.POST or None, initial=initial)
    if is_sent and form.is_valid():
        try:
            auto_top_up.change(form.rule(), by=actor, now=now)
        except NoSavedCard:
            form.add_error("is_enabled", _NO_CARD)
        except InvalidTopUp as refusal:
            form.add_error(_FIELDS[refusal.field], str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("wallet-auto-top-up")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_sent else HTTPStatus.OK
    spent = auto_top_up.spent_cents(rule, now=now)
    context = {"form": form, "auto": rule, "spent_cents": spent}
    return render(request, "payments/auto_top_up.html", context, status=status)
