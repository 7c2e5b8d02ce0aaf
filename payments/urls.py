"""The pages of this room; those that begin with a vendor's name come after every other route."""

from django.urls import URLPattern, path

from catalog import vendor_paths  # noqa: F401 (registers the converter `vendor`)
from payments.views import (
    approvals,
    cards,
    orders,
    policies,
    purchases,
    sales,
    selling,
    top_ups,
    wallet,
    webhooks,
)

urlpatterns: list[URLPattern] = [
    path("settings/policies", policies.listing, name="policies"),
    path("settings/policies/new", policies.create, name="new_policy"),
    path("settings/policies/<str:public_id>", policies.change, name="policy"),
    path("settings/policies/<str:public_id>/delete", policies.delete, name="delete_policy"),
    path("settings/policies/<str:public_id>/simulate", policies.simulate, name="try_policy"),
    path("approvals", approvals.listing, name="approvals"),
    path("approvals/<str:public_id>", approvals.detail, name="approval"),
    path("approvals/<str:public_id>/decision", approvals.decide, name="approval_decision"),
    path("wallet", wallet.wallet, name="wallet"),
    path("wallet/statement.csv", wallet.statement, name="wallet_statement"),
    path("sell/earnings", sales.listing, name="earnings"),
    path("orders", orders.listing, name="orders"),
    path("orders/<str:public_id>", orders.detail, name="order"),
    path("orders/<str:public_id>/pay", orders.pay, name="order_pay"),
    path("orders/<str:public_id>/cancellation", orders.cancel, name="order_cancel"),
    path("orders/<str:public_id>/refund", orders.refund, name="order_refund"),
    path("sell/payouts", selling.payouts, name="payouts"),
    path("sell/<vendor:slug>/statement", selling.statement, name="seller_statement"),
    path("sell/<vendor:slug>/statement.csv", selling.statement_csv, name="seller_statement_csv"),
    path("sell/<vendor:slug>/payouts", selling.set_up, name="payout_set_up"),
    path("sell/<vendor:slug>/payouts/return", selling.set_up_return, name="payout_set_up_return"),
    path("sell/<vendor:slug>/payouts/again", selling.set_up_again, name="payout_set_up_again"),
    path("wallet/cards", cards.listing, name="wallet-cards"),
    path("wallet/cards/new", cards.begin, name="wallet-card-new"),
    path("wallet/cards/new/<str:setup_id>", cards.save, name="wallet-card-save"),
    path("wallet/cards/<str:method_id>/default", cards.choose, name="wallet-card-default"),
    path("wallet/cards/<str:method_id>/remove", cards.remove, name="wallet-card-remove"),
    path("wallet/auto-top-up", cards.auto, name="wallet-auto-top-up"),
    path("wallet/top-up", top_ups.top_up, name="wallet-top-up"),
    path("wallet/top-ups/<str:public_id>", top_ups.status, name="wallet-top-up-status"),
    path("wallet/top-ups/<str:public_id>/pay", top_ups.pay, name="wallet-top-up-pay"),
    path("webhooks/stripe", webhooks.stripe, name="stripe_webhook"),
]
vendor_urlpatterns: list[URLPattern] = [
    path("<vendor:vendor>/<slug:slug>/purchase", purchases.purchase, name="purchase"),
]
