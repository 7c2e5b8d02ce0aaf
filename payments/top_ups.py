"""Fill a wallet from a card: asked for once per key, paid at the provider, settled by what it says.

Crashes may come between any two steps. The row is committed before the provider is asked; whoever
repeats the request goes on with the same row, and reconciliation asks the provider about rows whose
end nobody has seen.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse

from accounts import memberships
from accounts.actor import Actor
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from payments import (
    accounts,
    card_payments,
    idempotency,
    payers,
    provider_claims,
    stripe_port,
    top_up_outcomes,
    top_up_payments,
)
from payments.errors import (
    IdempotencyKeyInUse,
    InvalidTopUp,
    PaymentMismatch,
    PaymentUnavailable,
)
from payments.idempotency import Answer, Claim, Effect, Keyed
from payments.models import AccountKind, Posting, TopUp, TopUpState
from payments.models.top_up import LEAST_CENTS, MOST_CENTS
from payments.pending import ABANDONED_AFTER, CHECK_AFTER, Kind, wait_after
from payments.stripe_port import Intent, ProviderError

log = logging.getLogger("mog.payments")

# The provider forgets keys after a day; one that nobody answers is no longer wanted sooner.
_REPEATED_FOR = timedelta(hours=1)
# So long a person may take to pay.
EXPIRES = timedelta(hours=24)


def start(request: Keyed, *, amount_cents: int, by: Actor, now: datetime) -> Answer:
    """Ask for a payment into the wallet of the party an actor acts for; the same key does it once.

    Answers with the top-up's id, and what a person needs in order to pay. Nothing is credited here.
    Raises MissingScope, PaymentUnavailable, InvalidTopUp, ProviderError, IdempotencyKeyReused,
    IdempotencyKeyInUse, and Organization.DoesNotExist for one that was deleted a moment ago.
    """
    by.require_scope(Scope.PURCHASE)
    if not settings.PAYMENTS_ENABLED:
        raise PaymentUnavailable(amount_cents)
    require_amount(amount_cents)
    payer = payers.payer_for(by)

    def begin() -> str:
        memberships.hold_party(by)
        top_up = TopUp.objects.create(
            payer=payer,
            started_by=by.user,
            amount_cents=amount_cents,
            currency=settings.CURRENCY,
            created_at=now,
            check_at=now + CHECK_AFTER,
        )
        data = {"amountCents": amount_cents, "currency": top_up.currency, "source": top_up.source}
        record(Action.TOP_UP_STARTED, by=by.who, now=now, subject=top_up.subject, data=data)
        return top_up.public_id

    taken = idempotency.claim(request, by=by, now=now, begin=begin)
    return taken if isinstance(taken, Answer) else _go_on(taken, now=now)


def require_amount(amount_cents: int) -> None:
    """Raise InvalidTopUp unless a top-up may be so large."""
    if not LEAST_CENTS <= amount_cents <= MOST_CENTS:
        limits = f"from {LEAST_CENTS} to {MOST_CENTS} cents"
        raise InvalidTopUp("amount_cents", f"A top-up is a whole number of cents, {limits}.")


def look(top_up: TopUp, *, now: datetime) -> TopUp:
    """Return a top-up as it stands, after asking the provider if that can have changed.

    A provider that does not answer changes nothing: the webhook or reconciliation will.
    """
    if top_up.is_open and top_up.intent_id:
        try:
            intent = stripe_port.retrieve_intent(top_up.intent_id)
            top_up_outcomes.bear(top_up.public_id, intent, now=now)
        except (ProviderError, PaymentMismatch) as error:
            log.warning("%s is looked at later: %s", top_up.public_id, error)
    return TopUp.objects.with_payer().get(pk=top_up.pk)


def reach(top_up: TopUp, *, now: datetime) -> Intent | None:
    """Return the payment that a person may complete now, which the top-up bears as it stands.

    None when it is paid, on its way or over. Raises ProviderError and PaymentMismatch.
    """
    intent = top_up_payments.reach(top_up, is_repeated=True)
    top_up_outcomes.bear(top_up.public_id, intent, now=now)
    return intent if intent.status in card_payments.PAYABLE else None


def url_of(top_up: TopUp) -> str:
    """Return where a person pays it, and sees what became of it."""
    path = reverse("wallet-top-up-status", args=[top_up.public_id])
    return f"{settings.SITE_URL}{path}"


def _go_on(taken: Claim, *, now: datetime) -> Answer:
    top_up = TopUp.objects.with_payer().get(public_id=taken.subject)
    if not top_up.is_open:  # given up, or paid: the same key begins another
        idempotency.release(taken)
        raise IdempotencyKeyInUse
    refuse = partial(top_up_outcomes.refuse, top_up, now=now)
    with provider_claims.held(taken, refuse=refuse, now=now):
        intent = top_up_payments.reach(top_up, is_repeated=taken.is_taken_over)
        top_up_outcomes.bear(top_up.public_id, intent, now=now)
    body = {
        "topUpId": top_up.public_id,
        "clientSecret": intent.client_secret,
        "payUrl": url_of(top_up),
    }
    return idempotency.finish(taken, Effect(201, body))


def _reconcile(pk: int, *, now: datetime) -> None:
    top_up = TopUp.objects.with_payer().get(pk=pk)
    if not top_up.take_check(now=now, next_at=now + wait_after(top_up.checks)):
        return
    intent = _found(top_up, now=now)
    if intent is None:
        return
    if intent.status in card_payments.PAYABLE and _is_over(top_up, now=now):
        intent = card_payments.call_off(intent, bill=top_up_payments.bill_of(top_up))
    top_up_outcomes.bear(top_up.public_id, intent, now=now)


def _found(top_up: TopUp, *, now: datetime) -> Intent | None:
    """Return the payment of a top-up; one that nobody has made is given up in the end."""
    age = now - top_up.created_at
    if top_up.intent_id or (top_up.is_automatic and age < _REPEATED_FOR):
        return top_up_payments.reach(top_up, is_repeated=True)
    found = card_payments.find(top_up_payments.bill_of(top_up))
    if found is None and age >= ABANDONED_AFTER:
        top_up_outcomes.abandon(top_up, now=now)
    return found


def _is_over(top_up: TopUp, *, now: datetime) -> bool:
    """Tell whether nobody is going to pay it any more."""
    if top_up.is_automatic:
        return top_up.state == TopUpState.FAILED
    return now - top_up.created_at >= EXPIRES


def _overdue(now: datetime) -> Sequence[int]:
    return list(TopUp.objects.overdue(now=now).order_by("check_at").values_list("pk", flat=True))


def _taken(subjects: Collection[str]) -> Mapping[str, int]:
    events = {f"top_up:{subject}": subject for subject in subjects}
    provider = accounts.ours(AccountKind.PROVIDER)
    postings = Posting.objects.filter(event__in=events, debit=provider)
    sums = postings.values_list("event").annotate(cents=Sum("amount_cents"))
    return {events[event]: cents for event, cents in sums}


def _between(since: datetime, until: datetime) -> Sequence[str]:
    made = TopUp.objects.filter(created_at__gte=since, created_at__lt=until)
    return list(made.values_list("public_id", flat=True))


KIND = Kind(
    prefix="top",
    bear=top_up_outcomes.bear,
    reconcile=_reconcile,
    overdue=_overdue,
    taken=_taken,
    between=_between,
    has=lambda subject: TopUp.objects.filter(public_id=subject).exists(),
)
