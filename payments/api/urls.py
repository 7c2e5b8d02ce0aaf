"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from payments.api import purchases

urlpatterns: list[URLPattern] = [
    path("purchases", purchases.PurchaseList.as_view(), name="api_purchases"),
    path("entitlements", purchases.EntitlementList.as_view(), name="api_entitlements"),
]
