"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from payments.api import earnings, orders, purchases, top_ups, wallet

urlpatterns: list[URLPattern] = [
    path("wallet", wallet.Wallet.as_view(), name="api_wallet"),
    path("wallet/statement", wallet.Statement.as_view(), name="api_wallet_statement"),
    path("vendor/earnings", earnings.EarningList.as_view(), name="api_earnings"),
    path("wallet/top-up", top_ups.TopUpList.as_view(), name="api_top_up"),
    path("wallet/top-ups/<str:public_id>", top_ups.TopUpDetail.as_view(), name="api_top_up_detail"),
    path("purchases", purchases.PurchaseList.as_view(), name="api_purchases"),
    path("orders", orders.OrderList.as_view(), name="api_orders"),
    path("orders/<str:public_id>", orders.OrderDetail.as_view(), name="api_order"),
    path("orders/<str:public_id>/refund", orders.OrderRefund.as_view(), name="api_order_refund"),
    path("entitlements", purchases.EntitlementList.as_view(), name="api_entitlements"),
]
