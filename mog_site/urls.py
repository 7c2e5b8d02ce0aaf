"""The route map of the pages; the API's stands in `api_urls.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from catalog.urls import vendor_urlpatterns as vendor_pages
from mog_site import health
from mog_site.pages import (
    audit_trail,
    home,
    library,
    listing,
    organization_deletion,
    security_txt,
    sell,
)
from payments.urls import vendor_urlpatterns as purchase_pages
from releases.urls import vendor_urlpatterns as transfer_pages

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
    path("library", library.library, name="library"),
    path("sell", sell.sell, name="sell"),
    path("orgs/<str:slug>/delete", organization_deletion.delete, name="delete_organization"),
    path("", include("releases.urls")),
    path("", include("payments.urls")),
    path("", include("catalog.urls")),
    path("", include("accounts.urls")),
    # Last: whatever no route above names may be a vendor. `accounts.reserved_names` keeps the two
    # apart.
    path("", include(vendor_pages)),
    path("", include(purchase_pages)),
    path("", include(transfer_pages)),
    path("<vendor:vendor>/<slug:slug>", listing.listing, name="listing"),
    path("<vendor:vendor>/<slug:slug>/<str:version>", listing.version, name="version"),
]
