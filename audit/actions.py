"""Every action that can stand in the audit trail, and how long it is kept."""

from datetime import timedelta
from enum import StrEnum


class RetentionClass(StrEnum):
    """How long an event is kept; each class is a chain of its own."""

    SECURITY = "security"
    FINANCIAL = "financial"

    @property
    def kept_for(self) -> timedelta:
        """Return how long after its sealing an event is kept at least: one year, or seven."""
        # Seven years hold at most two leap days.
        return timedelta(days=365) if self is self.SECURITY else timedelta(days=7 * 365 + 2)


class Action(StrEnum):
    """`subject.verb` tags. A tag is never renamed or reused: old rows carry it.

    A tag alone is kept as security; what is about money stands as `"order.paid", FINANCIAL`.
    """

    retention_class: RetentionClass

    def __new__(
        cls, tag: str, retention_class: RetentionClass = RetentionClass.SECURITY
    ) -> "Action":
        """Make a member that is its tag and knows its class."""
        member = str.__new__(cls, tag)
        member._value_ = tag
        member.retention_class = retention_class
        return member

    ACCOUNT_CREATED = "account.created"
    ADMIN_EDITED = "admin.edited"
    APPROVAL_DENIED = "approval.denied", RetentionClass.FINANCIAL
    APPROVAL_GRANTED = "approval.granted", RetentionClass.FINANCIAL
    APPROVAL_REQUESTED = "approval.requested", RetentionClass.FINANCIAL
    AUDIT_RESTORED = "audit.restored"
    AUTO_TOP_UP_CHANGED = "auto_top_up.changed", RetentionClass.FINANCIAL
    AUTO_TOP_UP_STOPPED = "auto_top_up.stopped", RetentionClass.FINANCIAL
    CARD_CHOSEN = "card.chosen", RetentionClass.FINANCIAL
    CARD_REFUND_ARRIVED = "card_refund.arrived", RetentionClass.FINANCIAL
    CARD_REFUND_CREDITED = "card_refund.credited", RetentionClass.FINANCIAL
    CARD_REFUND_FAILED = "card_refund.failed", RetentionClass.FINANCIAL
    CARD_REFUND_OVERTAKEN = "card_refund.overtaken", RetentionClass.FINANCIAL
    CARD_REFUND_RETRIED = "card_refund.retried", RetentionClass.FINANCIAL
    CARD_REMOVED = "card.removed", RetentionClass.FINANCIAL
    CHARGEBACK_LOST = "chargeback.lost", RetentionClass.FINANCIAL
    CHARGEBACK_OPENED = "chargeback.opened", RetentionClass.FINANCIAL
    CHARGEBACK_WON = "chargeback.won", RetentionClass.FINANCIAL
    DEBT_PAID = "debt.paid", RetentionClass.FINANCIAL
    DEVICE_APPROVED = "device.approved"
    DEVICE_CODE_REFUSED = "device.code_refused"
    DEVICE_DENIED = "device.denied"
    DEVICE_STARTED = "device.started"
    DISPUTE_ACCEPTED = "dispute.accepted"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_REJECTED = "dispute.rejected"
    DOWNLOAD_REFUSED = "download.refused"
    ENTITLEMENT_GRANTED = "entitlement.granted", RetentionClass.FINANCIAL
    ENTITLEMENT_RESTORED = "entitlement.restored", RetentionClass.FINANCIAL
    EVENT_REPLAYED = "event.replayed"
    EXCEPTION_WITHDRAWN = "exception.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_CREATED = "invitation.created"
    INVITATION_DECLINED = "invitation.declined"
    INVITATION_RESENT = "invitation.resent"
    INVITATION_REVOKED = "invitation.revoked"
    LISTING_DRAFTED = "listing.drafted"
    LISTING_EDITED = "listing.edited"
    LISTING_RETIRED = "listing.retired"
    MEMBERSHIP_CHANGED = "membership.changed"
    MEMBERSHIP_ENDED = "membership.ended"
    OAUTH_STATE_REFUSED = "oauth.state_refused"
    ORDER_ENDED = "order.ended", RetentionClass.FINANCIAL
    ORDER_PAID = "order.paid", RetentionClass.FINANCIAL
    ORDER_PLACED = "order.placed", RetentionClass.FINANCIAL
    ORDER_REFUNDED = "order.refunded", RetentionClass.FINANCIAL
    ORGANIZATION_CREATED = "organization.created"
    ORGANIZATION_DELETED = "organization.deleted"
    ORGANIZATION_RENAMED = "organization.renamed"
    POLICY_ATTACHED = "policy.attached"
    POLICY_CHANGED = "policy.changed"
    POLICY_CREATED = "policy.created"
    POLICY_DELETED = "policy.deleted"
    PURCHASE_REFUSED = "purchase.refused"
    PAYMENT_GIVEN_BACK = "payment.given_back", RetentionClass.FINANCIAL
    PAYOUT_CANCELED = "payout.canceled", RetentionClass.FINANCIAL
    PAYOUT_FAILED = "payout.failed", RetentionClass.FINANCIAL
    PAYOUT_PAID = "payout.paid", RetentionClass.FINANCIAL
    PAYOUT_PLANNED = "payout.planned", RetentionClass.FINANCIAL
    PAYOUT_RETRIED = "payout.retried", RetentionClass.FINANCIAL
    RECOVERY_CODE_USED = "recovery_code.used"
    RECOVERY_CODES_ISSUED = "recovery_codes.issued"
    RELEASE_ACCEPTED = "release.accepted"
    RELEASE_CLEARED = "release.cleared"
    RELEASE_FLAGGED = "release.flagged"
    RELEASE_HELD = "release.held"
    RELEASE_PUBLISHED = "release.published"
    RELEASE_REJECTED = "release.rejected"
    RELEASE_RESCANNED = "release.rescanned"
    RELEASE_RESTORED = "release.restored"
    RELEASE_REVOKED = "release.revoked"
    RELEASE_SUSPENDED = "release.suspended"
    RELEASE_UPHELD = "release.upheld"
    RELEASE_UPLOADED = "release.uploaded"
    RELEASE_WITHDRAWN = "release.withdrawn"
    RESCAN_STARTED = "rescan.started"
    REVOCATION_DECLINED = "revocation.declined"
    REVOCATION_REQUESTED = "revocation.requested"
    SECOND_FACTOR_ADDED = "second_factor.added"
    SECOND_FACTOR_REFUSED = "second_factor.refused"
    SECOND_FACTOR_REMOVED = "second_factor.removed"
    SECOND_FACTOR_RENAMED = "second_factor.renamed"
    SECOND_FACTOR_RESET = "second_factor.reset"
    SELLER_ACCOUNT_CHANGED = "seller_account.changed", RetentionClass.FINANCIAL
    SELLER_ACCOUNT_OPENED = "seller_account.opened", RetentionClass.FINANCIAL
    SESSION_REVOKED = "session.revoked"
    SESSION_SWITCHED = "session.switched"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_SUCCEEDED = "sign_in.succeeded"
    SIGN_OUT = "sign_out.succeeded"
    STAFF_APPOINTED = "staff.appointed"
    STAFF_DISMISSED = "staff.dismissed"
    STEP_UP_REFUSED = "step_up.refused"
    STEP_UP_SUCCEEDED = "step_up.succeeded"
    TOKEN_FIRST_USED = "token.first_used"  # noqa: S105 (a tag, not a secret)
    TOKEN_ISSUED = "token.issued"  # noqa: S105 (a tag, not a secret)
    TOKEN_LEAKED = "token.leaked"  # noqa: S105 (a tag, not a secret)
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 (a tag, not a secret)
    TOP_UP_CANCELED = "top_up.canceled", RetentionClass.FINANCIAL
    TOP_UP_FAILED = "top_up.failed", RetentionClass.FINANCIAL
    TOP_UP_STARTED = "top_up.started", RetentionClass.FINANCIAL
    TOP_UP_SUCCEEDED = "top_up.succeeded", RetentionClass.FINANCIAL
    TRANSFER_ACCEPTED = "transfer.accepted"
    TRANSFER_CALLED_BACK = "transfer.called_back"
    TRANSFER_EXPIRED = "transfer.expired"
    TRANSFER_OFFERED = "transfer.offered"
    TRANSFER_REJECTED = "transfer.rejected"
    VENDOR_EDITED = "vendor.edited"
    VENDOR_OPENED = "vendor.opened"
    VENDOR_VERIFIED = "vendor.verified"
    WALLET_FROZEN = "wallet.frozen", RetentionClass.FINANCIAL
    WALLET_UNFROZEN = "wallet.unfrozen", RetentionClass.FINANCIAL
    WEBHOOK_REFUSED = "webhook.refused"
