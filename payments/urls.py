"""The pages of this room; they begin with a vendor's name and come after every other route."""

from django.urls import URLPattern, path

from catalog import vendor_paths  # noqa: F401 (registers the converter `vendor`)
from payments.views import purchases

vendor_urlpatterns: list[URLPattern] = [
    path("<vendor:vendor>/<slug:slug>/purchase", purchases.purchase, name="purchase"),
]
