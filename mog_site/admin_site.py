"""Django's admin behind the site's own sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import urlencode

from accounts import browser
from accounts.http import MogRequest, actor_of
from accounts.next_path import safe_next
from accounts.second_factors.owned import has_second_factor


class MogAdminSite(AdminSite):
    """Knows no passwords: it sends people to sign in, and refuses those who are no staff.

    In production staff also need a second factor; whoever has none is led to set one up.
    """

    site_header = "mog"
    site_title = "mog"
    index_title = "Administration"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the admin's routes without those about passwords."""
        return [
            url
            for url in super().get_urls()
            if not str(getattr(url, "name", "")).startswith("password_change")
        ]

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active staff, in production with a second factor."""
        return super().has_permission(request) and not _lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the site's own sign-in; raises PermissionDenied for who is no staff."""
        next_path = safe_next(request.GET.get("next", reverse("admin:index")))
        if super().has_permission(request) and _lacks_second_factor(request):
            return redirect(f"{reverse('two_step')}?{urlencode({'next': next_path})}")
        if actor_of(request).is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if self.has_permission(request):
            return redirect(next_path)
        return redirect(f"{reverse('sign_in')}?{urlencode({'next': next_path})}")

    def logout(  # type: ignore[override]  # every request is one, after the middleware
        self, request: MogRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """End the session and its credential."""
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        browser.sign_out(request)
        return redirect("/")


def _lacks_second_factor(request: HttpRequest) -> bool:
    if not settings.STAFF_NEED_SECOND_FACTOR:
        return False
    return not has_second_factor(actor_of(request).require_user())
