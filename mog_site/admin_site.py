"""Django's admin behind the site's own sign-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import urlencode

from accounts import browser
from accounts.http import MogRequest, actor_of
from accounts.next_path import safe_next


class MogAdminSite(AdminSite):
    """Knows no passwords: it sends people to sign in, and refuses those who are no staff."""

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

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the site's own sign-in; raises PermissionDenied for who is no staff."""
        if actor_of(request).is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        next_path = safe_next(request.GET.get("next", reverse("admin:index")))
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
