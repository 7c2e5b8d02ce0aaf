"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from payments.api import orders, purchases

urlpatterns: list[URLPattern] = [
    path("purchases", purchases.PurchaseList.as_view(), name="api_purchases"),
    path("orders", orders.OrderList.as_view(), name="api_orders"),
    path("orders/<str:public_id>", orders.OrderDetail.as_view(), name="api_order"),
    path("entitlements", purchases.EntitlementList.as_view(), name="api_entitlements"),
]
