"""The API of this room, below `/v1/`."""

from django.urls import URLPattern, path

from payments.api import (
    approvals,
    earnings,
    orders,
    payment_methods,
    policies,
    purchases,
    quotes,
    top_ups,
    wallet,
)

urlpatterns: list[URLPattern] = [
    path("wallet", wallet.Wallet.as_view(), name="api_wallet"),
    path("wallet/statement", wallet.Statement.as_view(), name="api_wallet_statement"),
    path("vendor/earnings", earnings.EarningList.as_view(), name="api_earnings"),
    path("spend-policies", policies.SpendPolicyList.as_view(), name="api_spend_policies"),
    path(
        "spend-policies/<str:public_id>",
        policies.SpendPolicyDetail.as_view(),
        name="api_spend_policy",
    ),
    path(
        "spend-policies/<str:public_id>/simulate",
        policies.SpendPolicySimulation.as_view(),
        name="api_spend_policy_simulation",
    ),
    path("vendor/payouts", earnings.PayoutList.as_view(), name="api_payouts"),
    path(
        "vendor/<slug:slug>/statement",
        earnings.VendorStatement.as_view(),
        name="api_vendor_statement",
    ),
    path("wallet/top-up", top_ups.TopUpList.as_view(), name="api_top_up"),
    path("wallet/top-ups/<str:public_id>", top_ups.TopUpDetail.as_view(), name="api_top_up_detail"),
    path("wallet/auto-top-up", payment_methods.AutoTopUpDetail.as_view(), name="api_auto_top_up"),
    path(
        "wallet/payment-methods",
        payment_methods.PaymentMethodList.as_view(),
        name="api_payment_methods",
    ),
    path(
        "wallet/payment-methods/<str:method_id>",
        payment_methods.PaymentMethodDetail.as_view(),
        name="api_payment_method",
    ),
    path(
        "wallet/payment-methods/<str:method_id>/default",
        payment_methods.DefaultPaymentMethod.as_view(),
        name="api_default_payment_method",
    ),
    path("quotes", quotes.QuoteList.as_view(), name="api_quotes"),
    path("approvals/<str:public_id>", approvals.ApprovalDetail.as_view(), name="api_approval"),
    path("purchases", purchases.PurchaseList.as_view(), name="api_purchases"),
    path("orders", orders.OrderList.as_view(), name="api_orders"),
    path("orders/<str:public_id>", orders.OrderDetail.as_view(), name="api_order"),
    path(
        "orders/<str:public_id>/cancellation",
        orders.OrderCancellation.as_view(),
        name="api_order_cancellation",
    ),
    path("orders/<str:public_id>/refund", orders.OrderRefund.as_view(), name="api_order_refund"),
    path("entitlements", purchases.EntitlementList.as_view(), name="api_entitlements"),
]
