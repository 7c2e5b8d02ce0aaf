"""Spend policies of a person, or of the organization they act for: seen with what is left of them,
made, changed, tried and ended.
"""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policies
from accounts.errors import InvalidPolicy, PolicyInUse
from accounts.http import MogRequest, actor_of, throttled
from accounts.models import SpendPolicy, SpendPolicyQuerySet
from accounts.step_up import signed_in_required, step_up_required
from catalog.models import Listing
from payments import simulations
from payments.forms import PolicyForm
from payments.reason_words import in_words
from payments.views import acting_for

_OTHER_POLICIES = (
    "You act for somebody else now. Nothing was saved; look at whose policies these are."
)


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """Show every policy, the default first, with what is left of it today and this month."""
    now = timezone.now()
    rows = _own(request).order_by("-is_default", "name", "pk")
    budgets = [simulations.budget_of(policy, now=now) for policy in rows]
    return render(request, "payments/policies.html", {"budgets": budgets})


@throttled("financial")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def create(request: MogRequest) -> HttpResponse:
    """Make one."""
    return _edit(request, None)


@throttled("financial")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required
def change(request: MogRequest, public_id: str) -> HttpResponse:
    """Let one say something else."""
    return _edit(request, get_object_or_404(_own(request), public_id=public_id))


@throttled("financial")
@require_POST
@step_up_required
def delete(request: MogRequest, public_id: str) -> HttpResponse:
    """End one; tokens under it can spend nothing from now on."""
    policy = get_object_or_404(_own(request), public_id=public_id)
    try:
        policies.delete(policy, by=actor_of(request), now=timezone.now())
    except PolicyInUse:
        messages.error(request, "New tokens get the default policy, so it cannot be deleted.")
    else:
        messages.success(request, f"{policy.name} is deleted. Tokens under it can buy nothing.")
    return redirect("policies")


@never_cache
@require_safe
@signed_in_required
def simulate(request: MogRequest, public_id: str) -> HttpResponse:
    """Try a package against a policy, without buying it."""
    policy = get_object_or_404(_own(request), public_id=public_id)
    by, now = actor_of(request), timezone.now()
    name = request.GET.get("listing", "").strip()
    context: dict[str, object] = {"policy": policy, "name": name}
    if name:
        try:
            tried = simulations.simulate(policy, listing=name, by=by, now=now)
        except Listing.DoesNotExist:
            context["is_missing"] = True
        else:
            reasons = in_words(tried.decision.reasons)
            context |= {"tried": tried, "reasons": reasons}
    return render(request, "payments/policy_simulate.html", context)


def _edit(request: MogRequest, policy: SpendPolicy | None) -> HttpResponse:
    actor_of(request).require_manager()
    if request.method == "POST" and acting_for.has_changed(request):
        messages.error(request, _OTHER_POLICIES)
        return redirect("policies")
    data = request.POST if request.method == "POST" else None
    form = PolicyForm.of(policy, data, party=acting_for.named(actor_of(request)))
    if form.is_valid():
        by, now = actor_of(request), timezone.now()
        try:
            if policy is None:
                saved = policies.create(form.terms(), by=by, now=now)
            else:
                saved = policies.change(policy, form.terms(), by=by, now=now)
        except InvalidPolicy as refusal:
            form.add_error(refusal.field.removesuffix("_cents"), str(refusal))
        else:
            messages.success(request, f"{saved.name} is saved, and holds from now on.")
            return redirect("policies")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "policy": policy}
    return render(request, "payments/policy_edit.html", context, status=status)


def _own(request: MogRequest) -> SpendPolicyQuerySet:
    return SpendPolicy.objects.owned_by(actor_of(request).party)
