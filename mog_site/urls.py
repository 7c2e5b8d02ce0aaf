"""The route map of the pages; the API's stands in `api_urls.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from mog_site import health
from mog_site.pages import audit_trail, home, security_txt

handler400 = handler403 = handler404 = handler500 = "mog_site.error_answers.handle_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.alive, name="health"),
    path("health/ready", health.ready, name="ready"),
    path("v1/", include("mog_site.api_urls")),
    path("bff/", include("mog_site.bff_urls")),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt.security_txt, name="security_txt"),
    path("", home.home, name="home"),
    path("settings/activity", audit_trail.activity, name="activity"),
    path("", include("releases.urls")),
    path("", include("accounts.urls")),
]
