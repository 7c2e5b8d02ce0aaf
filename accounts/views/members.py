"""Who belongs to an organization: seen by members, changed by owners, removed by admins."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import memberships
from accounts.errors import LastOwner
from accounts.forms import RoleForm
from accounts.http import MogRequest, actor_of
from accounts.models import Role
from accounts.step_up import signed_in_required

_PAGE_SIZE = 50
_ONLY_OWNER = "An organization needs an owner. Make another member an owner first."


@never_cache
@require_safe
@signed_in_required
def listing(request: MogRequest, slug: str) -> HttpResponse:
    """List everybody, whoever joined first at the top, with what the person may do about them."""
    own = memberships.standing(slug, Role.MEMBER, by=actor_of(request))
    rows = memberships.listed_for(own.organization).order_by("joined_at", "pk")
    page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"own": own, "page": page, "removable": memberships.removable_by(own)}
    return render(request, "organizations/members.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
def role(request: MogRequest, slug: str, user_id: str) -> HttpResponse:
    """Give somebody another role; for owners. Ownership asks who they are before it moves."""
    by = actor_of(request)
    own = memberships.standing(slug, Role.OWNER, by=by)
    member = memberships.colleague(own, user_id)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if form.is_valid():
        try:
            changed = memberships.change_role(
                member, Role(form.cleaned_data["role"]), by=by, now=timezone.now()
            )
        except LastOwner:
            form.add_error("role", _ONLY_OWNER)
        else:
            role_now = Role(changed.role).label.lower()
            messages.success(request, f"{member.user.username} is now {role_now}.")
            return redirect("organization_members", slug)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"own": own, "member": member, "form": form}
    return render(request, "organizations/role.html", context, status=status)


@require_POST
@signed_in_required
def remove(request: MogRequest, slug: str, user_id: str) -> HttpResponse:
    """Take somebody out."""
    by = actor_of(request)
    own = memberships.standing(slug, Role.ADMIN, by=by)
    member = memberships.colleague(own, user_id)
    try:
        memberships.remove(member, by=by, now=timezone.now())
    except LastOwner:
        messages.error(request, _ONLY_OWNER)
    else:
        messages.success(request, f"{member.user.username} no longer belongs to it.")
    return redirect("organization_members", slug)
