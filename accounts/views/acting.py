"""For whom a browser acts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import acting
from accounts.http import MogRequest, actor_of
from accounts.next_path import safe_next
from accounts.step_up import signed_in_required


@require_POST
@signed_in_required
def switch(request: MogRequest) -> HttpResponse:
    """Act for one of the person's organizations, or for themselves again; the session gets a new
    key, as at every change of what it may do.
    """
    slug = request.POST.get("organization", "")
    acting.switch(slug, by=actor_of(request), now=timezone.now())
    request.session.cycle_key()
    messages.success(request, f"You act for {slug} now." if slug else "You act for yourself again.")
    return redirect(safe_next(request.POST.get("next", "")))
