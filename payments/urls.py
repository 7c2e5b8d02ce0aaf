"""The pages of this room; they begin with a vendor's name and come after every other route."""

from django.urls import URLPattern, path

from payments.views import purchases

vendor_urlpatterns: list[URLPattern] = [
    path("<slug:vendor>/<slug:slug>/purchase", purchases.purchase, name="purchase"),
]
