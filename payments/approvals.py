"""Approvals: what a spend policy leaves to a person, asked for, decided in a browser, used once.

Whose money it is decides: the person whose credential asks, or the admins of the organization whose
wallet would pay. A token decides nothing, whatever its scopes: deciding needs a browser and a fresh
proof of identity.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts import memberships, policies
from accounts.actor import Actor
from accounts.models import Credential, Role, SpendPolicy
from accounts.policies import Terms
from audit.actions import Action
from audit.log import record
from catalog.models import Listing
from payments import approval_mail, budgets
from payments.errors import ApprovalClosed, ApprovalDenied, ApprovalRequired, PolicyBlocked
from payments.models import Approval, ApprovalQuerySet, ApprovalState, Entitlement, Order
from payments.models.bound_price import asking_token
from payments.spending import Outcome, Reason

# From the question to the purchase (SPEC 8).
LASTS = timedelta(hours=24)
# More questions of one credential that nobody has answered are not worth a mail each: its owner has
# got some, and the page lists all.
_MAILS_MOST = 10
_UNANSWERED = (ApprovalState.PENDING, ApprovalState.EXPIRED)
_OVERTAKEN = {"state": ApprovalState.EXPIRED}


def require_allowed(
    listing: Listing,
    held: Sequence[SpendPolicy],
    *,
    price_cents: int,
    by: Actor,
    now: datetime,
    waiting: Order | None = None,
) -> Approval | None:
    """Return the approval that a purchase needs and has, None when it needs none.

    Inside the purchase's transaction, which holds every policy that applies. The approval is
    locked; `use` it for the order. waiting: the order that holds its price already.
    Raises PolicyBlocked, ApprovalDenied, and ApprovalRequired for what nobody has approved.
    """
    offer = budgets.offer_of(listing, price_cents=price_cents)
    decision = budgets.decide(offer, held, now=now, waiting=waiting)
    if decision.outcome == Outcome.BLOCK:
        raise PolicyBlocked(decision.reasons)
    if decision.outcome == Outcome.ALLOW:
        return None
    if waiting is not None:
        used = Approval.objects.asked_by(by).filter(order=waiting).first()
        if used is not None:
            return used
    asked = _asked(listing, price_cents, by=by).unexpired(now=now).select_for_update(of=("self",))
    for approval in asked.filter(state=ApprovalState.APPROVED):
        if approval.covers(decision.reasons) and not approval.is_of_another_seller():
            return approval
    if asked.filter(state=ApprovalState.DENIED).exists():
        raise ApprovalDenied(decision.reasons)
    raise ApprovalRequired(decision.reasons, listing=listing, price_cents=price_cents)


def use(approval: Approval | None, given: Order | Entitlement) -> None:
    """Let an order, or what was given for nothing, use up the approval that it needed, inside its
    transaction.

    An order that another credential has begun may have used that one's: then this one ends, so that
    it lets nothing else happen.
    """
    if approval is None or approval.state == ApprovalState.USED:
        return
    by_what = {"order" if isinstance(given, Order) else "entitlement": given}
    is_first = not Approval.objects.filter(**by_what).exists()
    ends_as = by_what | {"state": ApprovalState.USED} if is_first else _OVERTAKEN
    is_used = approval.move(ApprovalState.APPROVED, **ends_as)
    assert is_used, "it was locked when it was found"


@contextmanager
def asked_for(*, by: Actor, now: datetime) -> Iterator[None]:
    """Ask a person for what a purchase inside needs approved; the refusal then names the question.

    Around the purchase's transaction, which has come to nothing by then.
    """
    try:
        yield
    except ApprovalRequired as refusal:
        asked = _request(refusal, by=by, now=now)
        refusal.approval_id, refusal.expires_at = asked.public_id, asked.expires_at
        raise


@transaction.atomic
def approve(approval: Approval, *, by: Actor, now: datetime, raises_limits: bool = False) -> None:
    """Let a purchase happen once, at its price, until the approval's day is over.

    raises_limits: whether the limits of `raisable` policies grow as well, by no more than lets the
    same purchase pass without asking. Raises SignInRequired, StepUpRequired, MissingScope,
    Approval.DoesNotExist, RoleRequired, and ApprovalClosed for what does not wait any more.
    """
    by.require_step_up()
    # As in a purchase policies come first, so that neither waits for the other; and nobody changes
    # what they say between the look and the change.
    policies_held = budgets.locked(raisable(approval, by=by)) if raises_limits else []
    held = _held(approval, by=by)
    if held.state_at(now) != ApprovalState.PENDING:
        raise ApprovalClosed(held.state_at(now))
    for policy in policies_held:
        _raise_limits(policy, price_cents=held.price_cents, by=by, now=now)
    _decide(held, ApprovalState.APPROVED, Action.APPROVAL_GRANTED, by=by, now=now)


@transaction.atomic
def deny(approval: Approval, *, by: Actor, now: datetime) -> None:
    """Let a purchase not happen, also one that was approved and has not happened yet.

    Raises what `approve` does.
    """
    held = _held(approval, by=by)
    if held.state_at(now) not in (ApprovalState.PENDING, ApprovalState.APPROVED):
        raise ApprovalClosed(held.state_at(now))
    _decide(held, ApprovalState.DENIED, Action.APPROVAL_DENIED, by=by, now=now)


def visible_to(actor: Actor) -> ApprovalQuerySet:
    """Return what an actor may see: what they decide on, and what they have asked for.

    A token sees what it has asked for itself, and nobody what is about an organization that they
    have left.
    """
    asked = Approval.objects.with_parties().about_money_of(actor)
    assert actor.credential is not None
    if not actor.credential.is_internal:
        return asked.filter(credential_id=actor.credential.public_id)
    return asked.decided_by_person(actor) | asked.filter(requested_by=actor.require_user())


def applying(approval: Approval) -> list[SpendPolicy]:
    """Return the policies that apply to the purchase: the asking token's, the organization's."""
    asking = Credential.objects.filter(public_id=approval.credential_id)
    own = SpendPolicy.objects.filter(pk__in=asking.values("spend_policy"))
    shared = SpendPolicy.objects.none()
    if approval.organization is not None:
        shared = approval.organization.spend_policies.filter(is_active=True)
    return list((own | shared).live().order_by("pk"))


def raisable(approval: Approval, *, by: Actor) -> list[SpendPolicy]:
    """Return those that apply and that are this person's to see and change, if they decide: not
    the own policy of a member whose token asks for an organization.
    """
    user = by.require_user()
    return [policy for policy in applying(approval) if policy.user_id in (None, user.pk)]


def may_raise(approval: Approval, *, by: Actor, now: datetime) -> bool:
    """Tell whether higher limits of this person's would let the next such purchase pass."""
    own = raisable(approval, by=by)
    others = [policy for policy in applying(approval) if policy not in own]
    offer = budgets.offer_of(approval.listing, price_cents=approval.price_cents)
    is_left_to_own = budgets.decide(offer, others, now=now).outcome == Outcome.ALLOW
    is_about_money = all(Reason(reason).is_about_money for reason in approval.reasons)
    return bool(own) and is_about_money and is_left_to_own


def _asked(listing: Listing, price_cents: int, *, by: Actor) -> ApprovalQuerySet:
    asked = Approval.objects.asked_by(by).filter(listing=listing, price_cents=price_cents)
    return asked.order_by("-pk")


@transaction.atomic
def _request(refusal: ApprovalRequired, *, by: Actor, now: datetime) -> Approval:
    """Return the question that waits for a person; a new one unless it was asked already."""
    waiting, ended = _still_waiting(refusal, by=by, now=now)
    if waiting is not None:
        return waiting
    try:
        with transaction.atomic():
            approval = Approval.objects.create(
                requested_by=by.require_user(),
                organization=by.organization,
                credential_id=asking_token(by),
                listing=refusal.listing,
                price_cents=refusal.price_cents,
                currency=settings.CURRENCY,
                reasons=[reason.value for reason in refusal.reasons],
                created_at=now,
                expires_at=now + LASTS,
            )
    except IntegrityError:  # the same has asked at this moment: look at what it asked
        return _request(refusal, by=by, now=now)
    data = {"listing": refusal.listing.public_id, "priceCents": refusal.price_cents}
    facts = data | {"reasons": ",".join(refusal.reasons), "insteadOf": ended}
    record(Action.APPROVAL_REQUESTED, by=by.who, now=now, subject=approval.subject, data=facts)
    if _is_worth_a_mail(approval, now=now):
        approval_mail.ask(approval, by.credential if approval.credential_id else None)
    return approval


def _still_waiting(
    refusal: ApprovalRequired, *, by: Actor, now: datetime
) -> tuple[Approval | None, str]:
    """Return the open question about this very purchase if there is one, else what ended for it.

    One that is late, or is about another price, another seller or for fewer reasons, ends: nobody
    who looks at it would see what the purchase is about now. Its public id, or nothing, comes back.
    """
    ended = ""
    open_ones = Approval.objects.asked_by(by).open().filter(listing=refusal.listing)
    for found in open_ones.select_for_update():
        is_same = found.price_cents == refusal.price_cents and found.covers(refusal.reasons)
        is_same = is_same and not found.is_of_another_seller()
        if is_same and found.state_at(now) in (ApprovalState.PENDING, ApprovalState.APPROVED):
            return found, ended
        found.move(ApprovalState(found.state), **_OVERTAKEN)
        ended = found.public_id
    return None, ended


def _is_worth_a_mail(approval: Approval, *, now: datetime) -> bool:
    """Tell whether few enough questions of the same credential have gone unanswered."""
    asked_lately = Approval.objects.filter(
        requested_by=approval.requested_by, credential_id=approval.credential_id
    )
    unanswered = asked_lately.unexpired(now=now).filter(state__in=_UNANSWERED)
    return unanswered.count() <= _MAILS_MOST


def _held(approval: Approval, *, by: Actor) -> Approval:
    """Lock an approval that this person decides on."""
    user = by.require_step_up()
    held = Approval.objects.with_parties().select_for_update(of=("self",)).get(pk=approval.pk)
    if held.organization is not None:
        memberships.require_role(held.organization, Role.ADMIN, by=by)
    elif held.requested_by != user:
        raise Approval.DoesNotExist
    return held


def _decide(
    held: Approval, state: ApprovalState, action: Action, *, by: Actor, now: datetime
) -> None:
    held.move(ApprovalState(held.state), state=state, decided_by=by.require_user(), decided_at=now)
    data = {"listing": held.listing.public_id, "priceCents": held.price_cents}
    record(action, by=by.who, now=now, subject=held.subject, data=data)
    approval_mail.tell(held)


def _raise_limits(policy: SpendPolicy, *, price_cents: int, by: Actor, now: datetime) -> None:
    """Let a policy that is locked allow a price by itself from now on."""
    spent, says = budgets.limits_of(policy, now=now), Terms.of(policy)
    of_month = spent.spent_this_month_cents + price_cents
    raised = replace(
        says,
        max_per_purchase_cents=max(says.max_per_purchase_cents, price_cents),
        require_approval_above_cents=max(says.require_approval_above_cents, price_cents),
        daily_limit_cents=max(says.daily_limit_cents, spent.spent_today_cents + price_cents),
        monthly_limit_cents=max(says.monthly_limit_cents, of_month),
    )
    policies.change(policy, raised, by=by, now=now)
