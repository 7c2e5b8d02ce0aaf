"""Organizations of a person: listed, made, looked at, renamed, left."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import memberships, organizations
from accounts.errors import InvalidNamespace, InvalidOrganization, LastOwner
from accounts.forms import OrganizationForm, OrganizationNameForm
from accounts.http import MogRequest, actor_of
from accounts.models import Invitation, Role
from accounts.step_up import signed_in_required


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest) -> HttpResponse:
    """List those the person belongs to, by name."""
    own = organizations.listed_for(actor_of(request)).order_by("name", "pk")
    return render(request, "organizations/list.html", {"organizations": own})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def create(request: MogRequest) -> HttpResponse:
    """Make one, whose owner the person becomes."""
    form = OrganizationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = organizations.create(
                **form.cleaned_data, by=actor_of(request), now=timezone.now()
            )
        except InvalidNamespace as refusal:
            form.add_error("slug", str(refusal))
        except InvalidOrganization as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"{made.organization.name} is yours. Invite people to it.")
            return redirect("organization", made.organization.slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "organizations/new.html", {"form": form}, status=status)


@never_cache
@require_safe
@signed_in_required
def overview(request: MogRequest, slug: str) -> HttpResponse:
    """Show one to a member: what it is and what their role allows."""
    own = memberships.standing(slug, Role.MEMBER, by=actor_of(request))
    invited = Invitation.objects.listed_for(own.organization, now=timezone.now())
    context = {
        "own": own,
        "member_count": memberships.listed_for(own.organization).count(),
        "invitation_count": invited.count() if own.is_admin else 0,
    }
    return render(request, "organizations/overview.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def settings(request: MogRequest, slug: str) -> HttpResponse:
    """Call it something else; for admins."""
    own = memberships.standing(slug, Role.ADMIN, by=actor_of(request))
    form = OrganizationNameForm(request.POST or None, initial={"name": own.organization.name})
    if form.is_valid():
        name: str = form.cleaned_data["name"]
        try:
            organizations.rename(own.organization, name, by=actor_of(request), now=timezone.now())
        except InvalidOrganization as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "The new name is saved.")
            return redirect("organization_settings", slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"own": own, "form": form}
    return render(request, "organizations/settings.html", context, status=status)


@require_POST
@signed_in_required
def leave(request: MogRequest, slug: str) -> HttpResponse:
    """Belong to it no longer."""
    by = actor_of(request)
    own = memberships.standing(slug, Role.MEMBER, by=by)
    try:
        memberships.remove(own, by=by, now=timezone.now())
    except LastOwner:
        messages.error(request, "You are its only owner. Make another member an owner first.")
        return redirect("organization_members", slug)
    messages.success(request, f"You no longer belong to {own.organization.name}.")
    return redirect("organizations")
