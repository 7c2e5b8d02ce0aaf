"""The rows of this room."""

from payments.models.account import TRACKED, Account, AccountKind
from payments.models.approval import Approval, ApprovalQuerySet, ApprovalState
from payments.models.auto_top_up import AutoTopUp
from payments.models.card_refund import CardRefund, CardRefundState
from payments.models.chargeback import Chargeback, ChargebackQuerySet, ChargebackState
from payments.models.entitlement import Entitlement, EntitlementQuerySet, Source
from payments.models.idempotency_key import IdempotencyKey, IdempotencyKeyQuerySet
from payments.models.order import Order, OrderMethod, OrderQuerySet, OrderState
from payments.models.payer import Payer
from payments.models.payout import Payout, PayoutState
from payments.models.posting import Posting, PostingQuerySet
from payments.models.provider_event import EventState, ProviderEvent
from payments.models.quote import Quote
from payments.models.refund import Refund
from payments.models.seller_account import SellerAccount, SellerStatus
from payments.models.top_up import TopUp, TopUpSource, TopUpState
from payments.models.wallet_freeze import WalletFreeze

__all__ = [
    "TRACKED",
    "Account",
    "AccountKind",
    "Approval",
    "ApprovalQuerySet",
    "ApprovalState",
    "AutoTopUp",
    "CardRefund",
    "CardRefundState",
    "Chargeback",
    "ChargebackQuerySet",
    "ChargebackState",
    "Entitlement",
    "EntitlementQuerySet",
    "EventState",
    "IdempotencyKey",
    "IdempotencyKeyQuerySet",
    "Order",
    "OrderMethod",
    "OrderQuerySet",
    "OrderState",
    "Payer",
    "Payout",
    "PayoutState",
    "Posting",
    "PostingQuerySet",
    "ProviderEvent",
    "Quote",
    "Refund",
    "SellerAccount",
    "SellerStatus",
    "Source",
    "TopUp",
    "TopUpSource",
    "TopUpState",
    "WalletFreeze",
]
