"""Fill one's wallet in the browser: how much, then the card at the provider, then what came of it.

What a browser brings back from the provider decides nothing: the site asks the provider itself.
"""

import json
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import MogRequest, actor_of, throttled
from accounts.step_up import signed_in_required
from payments import card_page, declines, idempotency, top_ups
from payments.errors import IdempotencyKeyInUse, IdempotencyKeyReused
from payments.forms import TopUpForm
from payments.idempotency import Answer
from payments.models import TopUp, TopUpState
from payments.models.chargeback import state_of
from payments.stripe_port import OutcomeUnknown, ProviderBusy
from payments.views import acting_for

_AGAIN = "The payment provider does not answer, and nothing was taken. Send the form once more."
_ANOTHER = "This form was sent before with another amount. Look at it and send it once more."
_OTHER_WALLET = "You act for somebody else now. Nothing was charged; look at whose wallet it fills."
_STARTED = "This is being worked on. Send the form once more in a moment."


@throttled("financial")
@never_cache
@require_http_methods(["GET", "POST"])
@signed_in_required
def top_up(request: MogRequest) -> HttpResponse:
    """Ask how much, and begin."""
    is_sent = request.method == "POST"
    if is_sent and acting_for.has_changed(request):
        messages.error(request, _OTHER_WALLET)
        return redirect("wallet-top-up")
    initial = {"acting_for": acting_for.named(actor_of(request))}
    form = TopUpForm(request.POST or None, initial=initial)
    if is_sent and form.is_valid():
        answer = _started(form, request)
        if answer is not None:
            return redirect("wallet-top-up-status", json.loads(answer.text)["topUpId"])
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_sent else HTTPStatus.OK
    return render(request, "payments/top_up.html", {"form": form}, status=status)


@throttled("financial", methods=("GET",))
@never_cache
@require_safe
@signed_in_required
def status(request: MogRequest, public_id: str) -> HttpResponse:
    """Show how a top-up stands; people come back to here from the provider."""
    found = top_ups.look(_own(request, public_id), now=timezone.now())
    is_payable = found.is_open and found.state != TopUpState.PROCESSING and not found.is_automatic
    context = {
        "top_up": found,
        "is_payable": is_payable,
        "why": declines.why(found.failure_code),
        "dispute_state": state_of(found),
    }
    return render(request, "payments/top_up_status.html", context)


@throttled("financial", methods=("GET",))
@never_cache
@require_safe
@signed_in_required
@card_page.shows_card_form
def pay(request: MogRequest, public_id: str) -> HttpResponse:
    """Lead to where the card is asked for."""
    found = _own(request, public_id)
    if not found.is_open or found.is_automatic:
        return redirect("wallet-top-up-status", public_id)
    intent = top_ups.reach(found, now=timezone.now())
    if intent is None:
        return redirect("wallet-top-up-status", public_id)
    back = top_ups.url_of(found)
    stand_in = card_page.sandbox_url(intent.client_secret, back=back)
    if stand_in:
        return redirect(stand_in)
    context = {
        "amount_cents": found.amount_cents,
        **card_page.facts(intent.client_secret, back=back),
    }
    return render(request, "payments/pay.html", context)


def _started(form: TopUpForm, request: MogRequest) -> Answer | None:
    """Return what was begun; None once the form says what to do."""
    amount_cents, key = form.cleaned_data["amount"], str(form.cleaned_data["key"])
    asked = idempotency.keyed(key, route="page wallet/top-up", body={"amountCents": amount_cents})
    try:
        return top_ups.start(
            asked, amount_cents=amount_cents, by=actor_of(request), now=timezone.now()
        )
    except IdempotencyKeyReused:
        form.data = TopUpForm.renewed(form.data)
        form.add_error(None, _ANOTHER)
    except IdempotencyKeyInUse:
        form.add_error(None, _STARTED)
    except (ProviderBusy, OutcomeUnknown):
        form.add_error(None, _AGAIN)
    return None


def _own(request: MogRequest, public_id: str) -> TopUp:
    own = TopUp.objects.of(actor_of(request)).with_payer()
    return get_object_or_404(own, public_id=public_id)
