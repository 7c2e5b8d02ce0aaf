"""Fill wallets by themselves: a saved card is charged while its owner is away, within their rule.

One at a time for each wallet, which the database holds. What becomes of it is settled as for every
top-up; a time-out goes on under the same key by reconciliation.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import memberships
from accounts.actor import Actor
from accounts.models import Organization
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from payments import accounts, ledger, payers, top_up_outcomes, top_up_payments
from payments.errors import InvalidTopUp, NoSavedCard
from payments.models import Account, AccountKind, AutoTopUp, TopUp, TopUpSource, TopUpState
from payments.models.auto_top_up import MOST_MONTHLY_CENTS
from payments.models.top_up import LEAST_CENTS, MOST_CENTS, WAITING
from payments.pending import CHECK_AFTER
from payments.stripe_port import OutcomeUnknown, ProviderBusy, ProviderError, ProviderRefused
from payments.top_ups import require_amount

log = logging.getLogger("mog.payments")

# A card that was declined a moment ago will be declined again.
_AFTER_DECLINE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When, by how much, and how much a month at most."""

    is_enabled: bool
    threshold_cents: int
    amount_cents: int
    monthly_ceiling_cents: int


def of(actor: Actor) -> AutoTopUp:
    """Return the rule of the wallet an actor pays from; it is off until somebody sets it.

    Raises RoleRequired for a mere member of an organization.
    """
    actor.require_manager()
    payer = payers.payer_for(actor)
    return AutoTopUp.objects.filter(payer=payer).first() or AutoTopUp(payer=payer)


def change(rule: Rule, *, by: Actor, now: datetime) -> AutoTopUp:
    """Set the rule, and count declines anew.

    Raises MissingScope, RoleRequired, InvalidTopUp, NoSavedCard when there is no card to charge,
    and Organization.DoesNotExist for one that was deleted a moment ago.
    """
    by.require_scope(Scope.ACCOUNT)
    by.require_manager()
    _require_sound(rule)
    payer = payers.payer_for(by)
    if rule.is_enabled and not payer.default_method_id:
        raise NoSavedCard
    facts = {
        "is_enabled": rule.is_enabled,
        "threshold_cents": rule.threshold_cents,
        "amount_cents": rule.amount_cents,
        "monthly_ceiling_cents": rule.monthly_ceiling_cents,
    }
    with transaction.atomic():
        memberships.hold_party(by)
        fresh = {"declines": 0, "stopped_at": None, "changed_at": now}
        auto, _ = AutoTopUp.objects.update_or_create(payer=payer, defaults=facts | fresh)
        data = {
            "isEnabled": rule.is_enabled,
            "thresholdCents": rule.threshold_cents,
            "amountCents": rule.amount_cents,
            "monthlyCeilingCents": rule.monthly_ceiling_cents,
        }
        record(Action.AUTO_TOP_UP_CHANGED, by=by.who, now=now, subject=auto.subject, data=data)
    return auto


def switch_off(organization: Organization, *, by: Actor, now: datetime) -> None:
    """Fill an organization's wallet no more, inside the transaction that deletes it.

    A top-up that began before is there to be seen once this returns, and none begins after.
    """
    rules = AutoTopUp.objects.filter(payer__organization=organization, is_enabled=True)
    for auto in rules.select_for_update(of=("self",)):
        auto.is_enabled, auto.changed_at = False, now
        auto.save(update_fields=["is_enabled", "changed_at"])
        data = {"isEnabled": False}
        record(Action.AUTO_TOP_UP_CHANGED, by=by.who, now=now, subject=auto.subject, data=data)


def spent_cents(auto: AutoTopUp, *, now: datetime) -> int:
    """Return what was charged this calendar month (UTC), with what is on its way."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    charged = TopUp.objects.filter(
        payer=auto.payer,
        source=TopUpSource.AUTOMATIC,
        created_at__gte=start,
        state__in=[*WAITING, TopUpState.SUCCEEDED],
    )
    return charged.aggregate(cents=Sum("amount_cents"))["cents"] or 0


@shared_task(name="payments.sweep_auto_top_ups")
def sweep() -> int:
    """Have every wallet filled that is below its threshold; return how many were looked at."""
    wallets = Account.objects.filter(
        Q(user=OuterRef("payer__user")) | Q(organization=OuterRef("payer__organization")),
        kind=AccountKind.WALLET,
        currency=settings.CURRENCY,
    )
    balance = Coalesce(Subquery(wallets.values("balance_cents")[:1]), Value(0))
    low = AutoTopUp.objects.filter(is_enabled=True).annotate(balance=balance)
    keys = list(low.filter(balance__lt=F("threshold_cents")).values_list("pk", flat=True))
    for pk in keys:
        fill_task.delay(pk)
    return len(keys)


@shared_task(name="payments.auto_top_up")
def fill_task(pk: int) -> None:
    """Fill one wallet."""
    fill(pk, now=timezone.now())


def fill(pk: int, *, now: datetime) -> TopUp | None:
    """Charge the default card if the rule still asks for it; return what was begun."""
    top_up = _begun(pk, now=now)
    if top_up is None:
        return None
    try:
        intent = top_up_payments.reach(top_up, is_repeated=False)
        top_up_outcomes.bear(top_up.public_id, intent, now=now)
    except (ProviderBusy, OutcomeUnknown) as error:
        log.warning("%s waits for the provider: %s", top_up.public_id, error)
    except ProviderError as error:
        code = error.code if isinstance(error, ProviderRefused) else "refused"
        top_up_outcomes.refuse(top_up, code, now=now)
    return top_up


def _begun(pk: int, *, now: datetime) -> TopUp | None:
    """Return a new top-up, None when the rule asks for none now or another is on its way."""
    try:
        with transaction.atomic():
            auto = AutoTopUp.objects.select_for_update(of=("self",)).get(pk=pk)
            if not _is_due(auto, now=now):
                return None
            top_up = TopUp.objects.create(
                payer=auto.payer,
                source=TopUpSource.AUTOMATIC,
                method_id=auto.payer.default_method_id,
                amount_cents=auto.amount_cents,
                currency=settings.CURRENCY,
                created_at=now,
                check_at=now + CHECK_AFTER,
            )
            data = {
                "amountCents": top_up.amount_cents,
                "currency": top_up.currency,
                "source": top_up.source,
            }
            by = Actor.system().who
            record(Action.TOP_UP_STARTED, by=by, now=now, subject=top_up.subject, data=data)
            return top_up
    except IntegrityError:  # another worker was faster
        return None


def _is_due(auto: AutoTopUp, *, now: datetime) -> bool:
    if not (settings.PAYMENTS_ENABLED and auto.is_enabled and auto.payer.default_method_id):
        return False
    # Whoever may not sign in can neither spend it nor switch this off.
    if auto.payer.user is not None and not auto.payer.user.is_active:
        return False
    wallet = accounts.wallet_of(auto.payer.party)
    # A card whose owner disputes what it paid is not charged once more.
    if wallet.is_frozen or ledger.balance_of(wallet) >= auto.threshold_cents:
        return False
    if spent_cents(auto, now=now) + auto.amount_cents > auto.monthly_ceiling_cents:
        return False
    earlier = TopUp.objects.filter(payer=auto.payer, source=TopUpSource.AUTOMATIC)
    if earlier.filter(state__in=WAITING).exists():
        return False
    recent = earlier.filter(state=TopUpState.FAILED, created_at__gt=now - _AFTER_DECLINE)
    return not (auto.declines and recent.exists())


def _require_sound(rule: Rule) -> None:
    """Raise InvalidTopUp for a rule that the database would refuse."""
    require_amount(rule.amount_cents)
    if not 1 <= rule.threshold_cents <= MOST_CENTS:
        raise InvalidTopUp("threshold_cents", f"Choose from 1 to {MOST_CENTS} cents.")
    least = max(LEAST_CENTS, rule.amount_cents)
    if not least <= rule.monthly_ceiling_cents <= MOST_MONTHLY_CENTS:
        limits = f"from the amount itself to {MOST_MONTHLY_CENTS} cents"
        raise InvalidTopUp("monthly_ceiling_cents", f"Choose {limits}.")
