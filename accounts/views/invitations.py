"""Invitations: sent and taken back by admins, answered by whom they went to."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations, memberships
from accounts.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvalidInvitation,
    InvitationEnded,
    InvitedElsewhere,
)
from accounts.forms import InvitationForm
from accounts.http import MogRequest, actor_of, throttled
from accounts.models import Invitation, Membership, Role
from accounts.step_up import signed_in_required

_PAGE_SIZE = 50
_TAKEN = {
    AlreadyMember: "Whoever has this address belongs to the organization already.",
    AlreadyInvited: "An invitation to this address is open. Send it again, or revoke it first.",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def listing(request: MogRequest, slug: str) -> HttpResponse:
    """List the open ones, newest first, and send another; for admins."""
    own = memberships.standing(slug, Role.ADMIN, by=actor_of(request))
    form = InvitationForm(request.POST or None, may_invite_admins=own.is_owner)
    if form.is_valid() and _invited(request, own, form):
        messages.success(request, f"The invitation is on its way to {form.cleaned_data['email']}.")
        return redirect("organization_invitations", slug)
    listed = Invitation.objects.listed_for(own.organization, now=timezone.now())
    rows = Paginator(listed.order_by("-created_at", "-pk"), _PAGE_SIZE)
    context = {"own": own, "form": form, "page": rows.get_page(request.GET.get("page"))}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "organizations/invitations.html", context, status=status)


@require_POST
@signed_in_required
def resend(request: MogRequest, slug: str, public_id: str) -> HttpResponse:
    """Mail a new link; the one before ends."""
    by, now = actor_of(request), timezone.now()
    invitation = invitations.open_one(slug, public_id, by=by, now=now)
    invitations.resend(invitation, by=by, now=now)
    messages.success(request, f"A new link is on its way to {invitation.email}.")
    return redirect("organization_invitations", slug)


@require_POST
@signed_in_required
def revoke(request: MogRequest, slug: str, public_id: str) -> HttpResponse:
    """Take one back."""
    by, now = actor_of(request), timezone.now()
    invitation = invitations.open_one(slug, public_id, by=by, now=now)
    invitations.revoke(invitation, by=by, now=now)
    messages.success(request, f"The invitation to {invitation.email} opens nothing any more.")
    return redirect("organization_invitations", slug)


@throttled("auth")
@sensitive_variables("token")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def answer(request: MogRequest, token: str) -> HttpResponse:
    """Show an invitation to the person it went to, and take their answer.

    The address is a secret: nothing that this page loads is told it. Not `no-referrer`, under which
    a browser names no origin for the form, so that it would be refused as forged.
    """
    response = _answered(request, token)
    response["Referrer-Policy"] = "strict-origin"
    return response


@sensitive_variables("token")
def _answered(request: MogRequest, token: str) -> HttpResponse:
    by, now = actor_of(request), timezone.now()
    try:
        invitation = invitations.find(token, by=by)
    except InvitedElsewhere as refusal:
        context = {"masked": refusal.masked}
        page = "organizations/invited_elsewhere.html"
        return render(request, page, context, status=HTTPStatus.FORBIDDEN)
    if request.POST.get("answer") == "decline":
        invitations.decline(invitation, by=by, now=now)
        messages.success(request, f"You have declined to join {invitation.organization.name}.")
        return redirect("organizations")
    if request.POST.get("answer") == "accept" or invitation.accepted_by == by.user:
        joined = invitations.accept(invitation, by=by, now=now)
        return redirect("organization", joined.organization.slug)
    if not invitation.is_open(now=now):
        raise InvitationEnded
    return render(request, "organizations/invitation.html", {"invitation": invitation})


def _invited(request: MogRequest, own: Membership, form: InvitationForm) -> bool:
    """Tell whether it could be sent; what stands against it is an error of the form."""
    try:
        invitations.invite(
            own.organization,
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            by=actor_of(request),
            now=timezone.now(),
        )
    except (AlreadyMember, AlreadyInvited) as refusal:
        form.add_error("email", _TAKEN[type(refusal)])
    except InvalidInvitation as refusal:
        form.add_error(refusal.field, str(refusal))
    else:
        return True
    return False
