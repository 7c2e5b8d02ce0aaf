"""Delete an organization: its owner, who has just proven who they are, types its name."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import memberships
from accounts.errors import OrganizationInUse
from accounts.http import MogRequest, actor_of, throttled
from accounts.models import Role
from accounts.step_up import signed_in_required
from mog_site import organization_deletion
from mog_site.organization_deletion import Obstacle
from payments.unsettled import Tie

_WHAT_TO_DO: dict[str, str] = {
    Tie.WALLET_BALANCE: "There is money in its wallet. Spend it, or ask support to refund it.",
    Tie.PENDING_PAYMENTS: "A payment is on its way. Wait until it has arrived, or call it off.",
    Tie.UNPAID_EARNINGS: "It has earned what is not paid out yet. Wait for the payout.",
    Tie.OPEN_DISPUTES: "A bank looks at one of its payments. Wait until that is decided.",
    Obstacle.LIVE_LISTINGS: "It offers packages. Retire each of them; who has one keeps it.",
}


class DeletionForm(forms.Form):
    """The name of what is to be deleted, typed by hand."""

    slug = forms.CharField(
        label="Its name",
        max_length=39,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, slug: str) -> None:
        super().__init__(data)
        self._slug = slug
        self.fields["slug"].help_text = f"Type {slug} to confirm."

    def clean_slug(self) -> str:
        """Refuse anything else."""
        typed: str = self.cleaned_data["slug"]
        if typed != self._slug:
            raise forms.ValidationError(f"Type {self._slug}, exactly as it is written here.")
        return typed


@throttled("financial")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def delete(request: MogRequest, slug: str) -> HttpResponse:
    """Say what stands in the way, or ask for the name and end it."""
    by, now = actor_of(request), timezone.now()
    own = memberships.standing(slug, Role.OWNER, by=by)
    by.require_step_up()
    form = DeletionForm(request.POST or None, slug=slug)
    if form.is_valid():
        try:
            organization_deletion.delete(own.organization, by=by, now=now)
        except OrganizationInUse:
            form.add_error(None, "It cannot be deleted yet.")
        else:
            messages.success(request, f"{own.organization.name} is deleted.")
            return redirect("organizations")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    obstacles = organization_deletion.obstacles_of(own.organization)
    context = {"own": own, "form": form, "obstacles": [_WHAT_TO_DO[each] for each in obstacles]}
    return render(request, "organizations/delete.html", context, status=status)
