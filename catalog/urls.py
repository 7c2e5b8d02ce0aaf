"""The pages of this room; whatever begins with a vendor's name comes after every other route."""

from django.urls import URLPattern, path

from catalog import vendor_paths  # noqa: F401 (registers the converter `vendor`)
from catalog.views import listings, search, vendors

urlpatterns: list[URLPattern] = [
    path("search", search.search, name="search"),
    path("sell/vendors/new", vendors.create, name="new_vendor"),
    path("sell/vendors/<slug:slug>", vendors.edit, name="edit_vendor"),
]

vendor_urlpatterns: list[URLPattern] = [
    path("<vendor:vendor>", vendors.vendor, name="vendor"),
    path("<vendor:vendor>/<slug:slug>/edit", listings.edit, name="edit_listing"),
    path("<vendor:vendor>/<slug:slug>/retirement", listings.retire, name="retire_listing"),
]
