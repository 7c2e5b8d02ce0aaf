"""Approvals of a person: what waits for them, and what they say to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor
from accounts.http import MogRequest, actor_of, throttled
from accounts.models import Credential
from accounts.step_up import signed_in_required, step_up_required
from payments import approvals, simulations
from payments.errors import ApprovalClosed
from payments.models import Approval, Order
from payments.reason_words import in_words

# How many of those that are decided, or over, the list shows.
_EARLIER = 20


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """Show what waits, and what was decided lately."""
    now = timezone.now()
    seen = approvals.visible_to(actor_of(request)).order_by("-created_at", "-pk")
    waiting = list(seen.open().unexpired(now=now))
    waits = [approval.pk for approval in waiting]
    earlier = list(seen.exclude(pk__in=waits)[:_EARLIER])
    for approval in [*waiting, *earlier]:
        approval.state = approval.state_at(now)
    context = {"waiting": waiting, "earlier": earlier}
    return render(request, "payments/approvals.html", context)


@never_cache
@require_safe
@signed_in_required
def detail(request: MogRequest, public_id: str) -> HttpResponse:
    """Show one with all that a decision needs; whoever may not decide sees how it stands."""
    actor, now = actor_of(request), timezone.now()
    approval = get_object_or_404(approvals.visible_to(actor), public_id=public_id)
    token = Credential.objects.filter(public_id=approval.credential_id).first()
    may_decide = Approval.objects.decided_by_person(actor).filter(pk=approval.pk).exists()
    own = approvals.raisable(approval, by=actor) if may_decide else []
    approval.state = approval.state_at(now)
    context = {
        "approval": approval,
        "credential": token,
        "reasons": in_words(approval.reasons),
        "may_decide": may_decide,
        "proof_url": None if actor.stepped_up else _proof_url(request),
        "is_order_mine": approval.order is not None and _is_of(approval.order, actor),
        "may_raise": may_decide and approvals.may_raise(approval, by=actor, now=now),
        "budgets": [simulations.budget_of(policy, now=now) for policy in own],
    }
    return render(request, "payments/approval.html", context)


@throttled("financial")
@require_POST
@step_up_required
def decide(request: MogRequest, public_id: str) -> HttpResponse:
    """Approve once, approve and raise the limits, or deny."""
    actor, now = actor_of(request), timezone.now()
    approval = get_object_or_404(approvals.visible_to(actor), public_id=public_id)
    answer = request.POST.get("answer", "")
    try:
        if answer in ("once", "raise"):
            raises_limits = answer == "raise"
            approvals.approve(approval, by=actor, now=now, raises_limits=raises_limits)
            messages.success(request, f"{approval.listing.title} may be had once.")
        elif answer == "deny":
            approvals.deny(approval, by=actor, now=now)
            messages.success(request, f"{approval.listing.title} is refused.")
    except ApprovalClosed:
        messages.error(request, "Nothing was changed: this was decided already, or is over.")
    return redirect("approval", public_id)


def _proof_url(request: MogRequest) -> str:
    return f"{reverse('step_up')}?{urlencode({'next': request.path})}"


def _is_of(order: Order, actor: Actor) -> bool:
    return Order.objects.bought_by(actor).filter(pk=order.pk).exists()
