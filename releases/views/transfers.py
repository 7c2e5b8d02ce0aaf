"""Packages that change hands: offered, taken, left, called back, by people who are present."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import MogRequest, actor_of, throttled
from accounts.models import Role
from accounts.step_up import signed_in_required, step_up_required
from catalog import transfers
from catalog.errors import (
    InvalidTransfer,
    NotTransferable,
    TransferEnded,
    TransferLimitReached,
    TransferOpen,
)
from catalog.forms import TransferForm
from catalog.models import Listing, ListingTransfer, Vendor
from payments.models import SellerAccount
from releases import handovers

_SHOWN = 50
_OBSTACLES = {
    "not_on_shelf": "It is not on the shelf, so it cannot change hands.",
    "private": "It is private. Make it public or unlisted first: its members would lose it.",
    "another_seller": "Somebody else sells it by now.",
    "offerer_left": "Who has offered it may not do that any more. Ask them to offer it anew.",
}
# By what an offer ends, and what whoever did it is told, after the name of the package.
_ENDS: dict[str, tuple[Callable[..., object], str]] = {
    "acceptance": (handovers.accept, "is yours to sell. Everybody who has it is told."),
    "rejection": (transfers.reject, "stays with its seller, who is told."),
    "withdrawal": (transfers.call_back, "is not offered any more."),
}


@never_cache
@require_safe
@signed_in_required
def overview(request: MogRequest) -> HttpResponse:
    """Show what is offered to and by a person's vendors, and their organizations', newest first."""
    now, user = timezone.now(), actor_of(request).require_user()
    rows = transfers.concerning(user).with_sides().order_by("-pk")[:_SHOWN]
    theirs = set(Vendor.objects.of_person(user).values_list("pk", flat=True))
    decided = Vendor.objects.of_person(user, at_least=Role.ADMIN)
    paid_out = SellerAccount.objects.filter(vendor__in=theirs, can_receive=True)
    context = {
        "rows": [(row, row.state_at(now)) for row in rows],
        "theirs": theirs,
        "decides_for": set(decided.values_list("pk", flat=True)),
        "paid_out": set(paid_out.values_list("vendor", flat=True)),
    }
    return render(request, "releases/transfers.html", context)


@throttled("financial")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def offer(request: MogRequest, vendor: str, slug: str) -> HttpResponse:
    """Offer one's own listing to another vendor."""
    by = actor_of(request)
    own = Listing.objects.sold_by(by).with_vendor().without_texts()
    listing = get_object_or_404(own, name=f"{vendor}/{slug}")
    transfers.require_say(listing.vendor, by=by)
    form = TransferForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_offered(listing, form, request):
        return redirect("transfers")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "listing": listing}
    return render(request, "releases/transfer_new.html", context, status=status)


@throttled("financial")
@require_POST
@step_up_required
def end(request: MogRequest, public_id: str, by_what: str) -> HttpResponse:
    """Take what is offered, leave it, or offer it no longer: a word of `_ENDS`."""
    by = actor_of(request)
    known = transfers.concerning(by.require_user()).with_sides()
    transfer: ListingTransfer = get_object_or_404(known, public_id=public_id)
    act, said = _ENDS[by_what]
    try:
        act(transfer, by=by, now=timezone.now())
    except TransferEnded:
        messages.warning(request, "This offer is not open any more; see below how it stands.")
    except NotTransferable as refusal:
        messages.error(request, _OBSTACLES[refusal.reason])
    else:
        messages.success(request, f"{transfer.listing.name} {said}")
    return redirect("transfers")


def _is_offered(listing: Listing, form: TransferForm, request: MogRequest) -> bool:
    """Offer it; False once the form says what is wrong."""
    to, by = form.cleaned_data["to"].strip(), actor_of(request)
    try:
        made = transfers.offer(listing, to=to, by=by, now=timezone.now())
    except InvalidTransfer as refusal:
        form.add_error(refusal.field, str(refusal))
    except NotTransferable as refusal:
        form.add_error(None, _OBSTACLES[refusal.reason])
    except TransferOpen:
        form.add_error(None, "It is offered to somebody already. Call that offer back first.")
    except TransferLimitReached:
        form.add_error(None, "That is as many packages as you can offer in a day.")
    else:
        messages.success(request, f"{listing.name} is offered to {made.to_vendor.slug}.")
        return True
    return False
