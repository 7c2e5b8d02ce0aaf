"""Which versions a token may fetch: its spend policies decide over the very version asked for.

No money moves, so no limit counts, and a policy that was switched off or deleted stops nothing that
is paid for; what it says of packages goes on to hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from accounts.actor import Actor
from accounts.models import SpendPolicy
from audit.actions import Action
from audit.refusals import record_refusal
from catalog.models import Listing, ListingTransfer
from payments import budgets
from payments.errors import DeliveryBlocked
from payments.models import Approval, Entitlement
from payments.spending import Decision, Offer, Outcome, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A version of a listing, with what policies ask of it. listing: with its vendor."""

    listing: Listing
    version: str
    runs_code: bool
    released_at: datetime


def require_allowed(parcel: Parcel, *, by: Actor, now: datetime) -> None:
    """Raise DeliveryBlocked, and record it, unless every policy of a token lets it have a version.

    Never inside a transaction. Whoever asks in a browser is a person, who decides themselves.
    """
    policies = budgets.judging(by)
    decision = _decision(policies, parcel, now=now)
    if decision.outcome == Outcome.ALLOW or _was_approved(parcel, decision, by=by):
        return
    record_refusal(
        Action.DOWNLOAD_REFUSED,
        by=by.who,
        now=now,
        source=by.origin.ip,
        data={"reasons": ",".join(decision.reasons)},
    )
    raise DeliveryBlocked(
        decision.reasons,
        listing=parcel.listing.name,
        version=parcel.version,
        policy_id=_policy_to_change(parcel, decision, by=by, now=now),
        old_enough_at=_old_enough_at(policies, parcel, decision),
    )


def _decision(policies: Sequence[SpendPolicy], parcel: Parcel, *, now: datetime) -> Decision:
    vendor = parcel.listing.vendor
    offer = Offer(
        price_cents=0,
        currency=settings.CURRENCY,
        vendor_id=vendor.public_id,
        is_vendor_verified=vendor.is_verified,
        package_type=parcel.listing.type,
        runs_code=parcel.runs_code,
        released_at=parcel.released_at,
    )
    return budgets.decide(offer, policies, now=now)


def _was_approved(parcel: Parcel, decision: Decision, *, by: Actor) -> bool:
    """Tell whether a person has approved to buy it knowing why a policy objects now.

    Whoever approved it for the party that the token acts for: what a member approves for themselves
    opens nothing that the organization's policy keeps shut. Who approved that a young release is
    bought knew of those that were out, and who approved at all knew of those of its seller at that
    time.
    """
    if decision.outcome == Outcome.BLOCK:
        return False
    held = Entitlement.objects.of_party(by).active().filter(listing=parcel.listing)
    approved = Approval.objects.filter(Q(order__entitlement__in=held) | Q(entitlement__in=held))
    is_young = Reason.RELEASE_TOO_YOUNG in decision.reasons
    return any(
        approval.covers(decision.reasons)
        and not (is_young and parcel.released_at > approval.created_at)
        and not _is_of_another_seller(parcel, approval)
        for approval in approved
    )


def _is_of_another_seller(parcel: Parcel, approval: Approval) -> bool:
    """Tell whether the listing was handed over between an approval and a release."""
    moved = ListingTransfer.objects.of(parcel.listing, after=approval.created_at)
    return moved.filter(decided_at__lte=parcel.released_at).exists()


def _policy_to_change(parcel: Parcel, decision: Decision, *, by: Actor, now: datetime) -> str:
    """Return the token's own policy where it objects, and nothing is ruled out for good."""
    if by.policy is None or decision.outcome == Outcome.BLOCK:
        return ""
    is_own = _decision([by.policy], parcel, now=now).outcome != Outcome.ALLOW
    return by.policy.public_id if is_own else ""


def _old_enough_at(
    policies: Sequence[SpendPolicy], parcel: Parcel, decision: Decision
) -> datetime | None:
    if Reason.RELEASE_TOO_YOUNG not in decision.reasons:
        return None
    ages = [budgets.terms_of(policy).min_release_age for policy in policies]
    return parcel.released_at + max(ages)
