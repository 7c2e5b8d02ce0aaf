"""What the audit trail knows of a person's own security."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts import user_agent
from accounts.http import MogRequest, actor_of
from accounts.models import User
from accounts.step_up import signed_in_required
from audit.actions import Action
from audit.models import Event, PersonalData

PAGE_SIZE = 50

_SENTENCES = {
    Action.ACCOUNT_CREATED: "Account created",
    Action.ADMIN_EDITED: "Changed something in the admin",
    Action.APPROVAL_DENIED: "Purchase denied that a token had asked for",
    Action.APPROVAL_GRANTED: "Purchase approved that a token had asked for",
    Action.APPROVAL_REQUESTED: "Token asked whether it may buy",
    Action.AUDIT_RESTORED: "Audit trail restored from a backup",
    Action.AUTO_TOP_UP_CHANGED: "Automatic top-up changed",
    Action.AUTO_TOP_UP_STOPPED: "Automatic top-up stopped",
    Action.CARD_CHOSEN: "Card chosen to pay with",
    Action.CARD_REFUND_ARRIVED: "Refund back on the card",
    Action.CARD_REFUND_CREDITED: "Refund to a card put into the wallet instead",
    Action.CARD_REFUND_FAILED: "Refund to a card refused by the payment provider",
    Action.CARD_REFUND_OVERTAKEN: "Refund to a card given back by the bank instead",
    Action.CARD_REFUND_RETRIED: "Refund to a card tried anew",
    Action.CARD_REMOVED: "Card removed",
    Action.CHARGEBACK_LOST: "Disputed payment lost",
    Action.CHARGEBACK_OPENED: "Payment disputed by the card's owner",
    Action.CHARGEBACK_WON: "Disputed payment won",
    Action.DEBT_PAID: "What a dispute left owed paid from the wallet",
    Action.DEVICE_APPROVED: "Device approved",
    Action.DEVICE_CODE_REFUSED: "Wrong device code entered",
    Action.DEVICE_DENIED: "Device denied",
    Action.DEVICE_STARTED: "Device asked to sign in",
    Action.DISPUTE_ACCEPTED: "Dispute accepted",
    Action.DISPUTE_OPENED: "Finding contested",
    Action.DISPUTE_REJECTED: "Dispute rejected",
    Action.DOWNLOAD_REFUSED: "Download refused by a spend policy",
    Action.ENTITLEMENT_GRANTED: "Package added to your library",
    Action.ENTITLEMENT_RESTORED: "Package back in your library after a dispute",
    Action.EVENT_REPLAYED: "Event of the payment provider applied again",
    Action.EXCEPTION_WITHDRAWN: "Exception to a finding withdrawn",
    Action.INVITATION_ACCEPTED: "Invitation to an organization accepted",
    Action.INVITATION_CREATED: "Somebody invited to an organization",
    Action.INVITATION_DECLINED: "Invitation to an organization declined",
    Action.INVITATION_RESENT: "Invitation to an organization sent again",
    Action.INVITATION_REVOKED: "Invitation to an organization revoked",
    Action.LISTING_DRAFTED: "Listing drafted",
    Action.LISTING_EDITED: "Listing edited",
    Action.LISTING_RETIRED: "Listing retired",
    Action.MEMBERSHIP_CHANGED: "Role in an organization changed",
    Action.MEMBERSHIP_ENDED: "Membership in an organization ended",
    Action.OAUTH_STATE_REFUSED: "Sign-in refused: it was not started in this browser",
    Action.ORDER_ENDED: "Purchase by card not paid",
    Action.ORDER_PAID: "Package bought",
    Action.ORDER_PLACED: "Purchase by card begun",
    Action.ORDER_REFUNDED: "Purchase refunded",
    Action.ORGANIZATION_CREATED: "Organization created",
    Action.ORGANIZATION_DELETED: "Organization deleted",
    Action.ORGANIZATION_RENAMED: "Organization renamed",
    Action.PURCHASE_REFUSED: "Purchase refused by a spend policy",
    Action.PAYMENT_GIVEN_BACK: "Payment given back, because it could buy nothing",
    Action.PAYOUT_CANCELED: "Payout canceled",
    Action.PAYOUT_FAILED: "Payout failed",
    Action.PAYOUT_PAID: "Payout sent",
    Action.PAYOUT_PLANNED: "Payout planned",
    Action.PAYOUT_RETRIED: "Payout tried again",
    Action.POLICY_ATTACHED: "Token put under another spend policy",
    Action.POLICY_CHANGED: "Spend policy changed",
    Action.POLICY_CREATED: "Spend policy created",
    Action.POLICY_DELETED: "Spend policy deleted",
    Action.RECOVERY_CODE_USED: "Recovery code used",
    Action.RECOVERY_CODES_ISSUED: "New recovery codes created",
    Action.RELEASE_ACCEPTED: "Release accepted",
    Action.RELEASE_CLEARED: "Release cleared",
    Action.RELEASE_FLAGGED: "Release flagged by a later scan",
    Action.RELEASE_HELD: "Release held for review",
    Action.RELEASE_PUBLISHED: "Release published",
    Action.RELEASE_REJECTED: "Release rejected",
    Action.RELEASE_RESCANNED: "Release sent back to be examined again",
    Action.RELEASE_RESTORED: "Release restored",
    Action.RELEASE_REVOKED: "Release revoked",
    Action.RELEASE_SUSPENDED: "Release suspended",
    Action.RELEASE_UPHELD: "Release left suspended",
    Action.RELEASE_UPLOADED: "Release uploaded",
    Action.RELEASE_WITHDRAWN: "Release withdrawn",
    Action.RESCAN_STARTED: "Another scan asked for",
    Action.REVOCATION_DECLINED: "Revocation of a release declined",
    Action.REVOCATION_REQUESTED: "Revocation of a release asked for",
    Action.SECOND_FACTOR_ADDED: "Second factor added",
    Action.SECOND_FACTOR_REFUSED: "Second factor refused",
    Action.SECOND_FACTOR_REMOVED: "Second factor removed",
    Action.SECOND_FACTOR_RENAMED: "Passkey renamed",
    Action.SECOND_FACTOR_RESET: "All second factors removed by an operator",
    Action.SELLER_ACCOUNT_CHANGED: "Payout details changed",
    Action.SELLER_ACCOUNT_OPENED: "Payouts set up",
    Action.SESSION_REVOKED: "Session ended",
    Action.SESSION_SWITCHED: "Changed for whom a browser acts",
    Action.SIGN_IN_FAILED: "Sign-in failed",
    Action.SIGN_IN_SUCCEEDED: "Signed in",
    Action.SIGN_OUT: "Signed out",
    Action.STAFF_APPOINTED: "Became staff",
    Action.STAFF_DISMISSED: "No longer staff",
    Action.STEP_UP_REFUSED: "Confirming your identity failed",
    Action.STEP_UP_SUCCEEDED: "Identity confirmed",
    Action.TOKEN_FIRST_USED: "Token used for the first time",
    Action.TOKEN_ISSUED: "Token created",
    Action.TOKEN_LEAKED: "Token found in public or in an upload",
    Action.TOKEN_REVOKED: "Token revoked",
    Action.TOP_UP_CANCELED: "Top-up of the wallet canceled",
    Action.TOP_UP_FAILED: "Top-up of the wallet failed",
    Action.TOP_UP_STARTED: "Top-up of the wallet started",
    Action.TOP_UP_SUCCEEDED: "Wallet topped up",
    Action.TRANSFER_ACCEPTED: "Package taken over from another vendor",
    Action.TRANSFER_CALLED_BACK: "Offer of a package called back",
    Action.TRANSFER_EXPIRED: "Offer of a package lapsed",
    Action.TRANSFER_OFFERED: "Package offered to another vendor",
    Action.TRANSFER_REJECTED: "Offered package not taken",
    Action.VENDOR_EDITED: "Vendor profile edited",
    Action.VENDOR_OPENED: "Began to sell",
    Action.VENDOR_VERIFIED: "Changed a vendor's verified badge",
    Action.WALLET_FROZEN: "Wallet frozen",
    Action.WALLET_UNFROZEN: "Wallet no longer frozen",
    Action.WEBHOOK_REFUSED: "Event of the payment provider refused",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One event as its person reads it; `ip` and `browser` are empty once they are erased."""

    at: datetime
    sentence: str
    ip: str
    browser: str


@never_cache
@require_GET
@signed_in_required
def activity(request: MogRequest) -> HttpResponse:
    """Show the newest security events of the person, or those before an event they saw."""
    user = actor_of(request).require_user()
    events = _events(user, before=request.GET.get("before", ""))
    is_more = len(events) > PAGE_SIZE
    shown = events[:PAGE_SIZE]
    context = {"events": _rows(shown, user=user), "next_before": shown[-1].uid if is_more else ""}
    return render(request, "accounts/activity.html", context)


def _events(user: User, *, before: str) -> list[Event]:
    own = Event.objects.security_events_of(user.public_id)
    seen = own.filter(uid=before).first() if before else None
    if seen is not None:
        own = own.filter(pk__lt=seen.pk)
    return list(own[: PAGE_SIZE + 1])


def _rows(events: list[Event], *, user: User) -> list[Row]:
    # Not the address and browser of somebody else, such as staff, who acted on the account.
    by_themselves = [event.uid for event in events if event.actor_id == user.public_id]
    personal = PersonalData.objects.filter(event_uid__in=by_themselves)
    known = {row.event_uid: row for row in personal}
    return [_row(event, known.get(event.uid)) for event in events]


def _row(event: Event, personal: PersonalData | None) -> Row:
    sentence = _SENTENCES.get(Action(event.action), event.action)
    if personal is None:
        return Row(event.at, sentence, "", "")
    browser = user_agent.summary(personal.user_agent) if personal.user_agent else ""
    return Row(event.at, sentence, personal.ip, browser)
