"""Saved cards: kept by the provider, of which we remember only the one to charge by default."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from payments import payers, stripe_port
from payments.errors import CardNotFound
from payments.models import Payer
from payments.pending import SUBJECT
from payments.stripe_port import PaymentMethod, ProviderRefused, SetupIntent


@dataclass(frozen=True, slots=True)
class Card:
    """A saved card as its owner sees it."""

    method: PaymentMethod
    is_default: bool


def listed(by: Actor) -> list[Card]:
    """Return the cards of the wallet an actor pays from, newest first.

    Raises ProviderError; as all of this module, RoleRequired for a mere member of an organization.
    """
    by.require_scope(Scope.READ)
    payer = _payer(by)
    if not payer.customer_id:
        return []
    methods = stripe_port.list_payment_methods(payer.customer_id)
    return [Card(method, method.id == payer.default_method_id) for method in methods]


def begin(*, by: Actor) -> SetupIntent:
    """Start saving a card, which its owner enters at the provider; raises ProviderError.

    No money moves, so that nothing is lost when nobody hears the answer: the next begins another.
    """
    by.require_scope(Scope.ACCOUNT)
    payer = _payer(by)
    return stripe_port.create_setup_intent(
        customer_id=payers.customer_of(payer),
        metadata={SUBJECT: payer.public_id},
        key=f"{payer.public_id}:card:{secrets.token_hex(8)}",
    )


def setup_of(setup_id: str, *, by: Actor) -> SetupIntent:
    """Return how saving a card stands; raises CardNotFound when it is not the actor's."""
    payer = _payer(by)
    try:
        setup = stripe_port.retrieve_setup_intent(setup_id)
    except ProviderRefused as error:
        raise CardNotFound from error
    if not payer.customer_id or setup.customer_id != payer.customer_id:
        raise CardNotFound
    return setup


def settle_setup(setup_id: str, now: datetime) -> bool:
    """Let a payer bear that a card is saved: the first becomes the default."""
    setup = stripe_port.retrieve_setup_intent(setup_id)
    payer = Payer.objects.filter(customer_id=setup.customer_id or "").first()
    if payer is None:
        return False
    if setup.status == "succeeded" and setup.payment_method_id:
        method = stripe_port.retrieve_payment_method(setup.payment_method_id)
        if method.customer_id == payer.customer_id:
            _choose(payer, method.id, instead_of=[""], by=Actor.system(), now=now)
    return True


def settle_method(method_id: str, now: datetime) -> bool:
    """Let a payer bear that a card is gone."""
    method = stripe_port.retrieve_payment_method(method_id)
    payer = Payer.objects.filter(default_method_id=method_id).first()
    if payer is not None and method.customer_id != payer.customer_id:
        _choose(payer, "", instead_of=[method_id], by=Actor.system(), now=now)
    return payer is not None


def choose(method_id: str, *, by: Actor, now: datetime) -> None:
    """Make a saved card the default; raises CardNotFound and ProviderError."""
    by.require_scope(Scope.ACCOUNT)
    payer = _own(method_id, by)
    _choose(payer, method_id, instead_of=[payer.default_method_id], by=by, now=now)


def remove(method_id: str, *, by: Actor, now: datetime) -> None:
    """Forget a saved card; raises CardNotFound and ProviderError.

    Without a default card a wallet no longer fills itself.
    """
    by.require_scope(Scope.ACCOUNT)
    forget(_own(method_id, by), method_id, by=by, now=now)


def forget(payer: Payer, method_id: str, *, by: Actor, now: datetime) -> None:
    """Forget a card of a payer, whoever asks; raises ProviderError."""
    stripe_port.detach_payment_method(method_id, key=f"{payer.public_id}:detach:{method_id}")
    with transaction.atomic():
        Payer.objects.filter(pk=payer.pk, default_method_id=method_id).update(default_method_id="")
        data = {"method": method_id}
        record(Action.CARD_REMOVED, by=by.who, now=now, subject=payer.subject, data=data)


def _payer(by: Actor) -> Payer:
    by.require_manager()
    return payers.payer_for(by)


def _own(method_id: str, by: Actor) -> Payer:
    payer = _payer(by)
    try:
        method = stripe_port.retrieve_payment_method(method_id)
    except ProviderRefused as error:
        raise CardNotFound from error
    if not payer.customer_id or method.customer_id != payer.customer_id:
        raise CardNotFound
    return payer


@transaction.atomic
def _choose(
    payer: Payer, method_id: str, *, instead_of: list[str], by: Actor, now: datetime
) -> None:
    before = Payer.objects.filter(pk=payer.pk, default_method_id__in=instead_of)
    if before.exclude(default_method_id=method_id).update(default_method_id=method_id):
        data = {"method": method_id}
        record(Action.CARD_CHOSEN, by=by.who, now=now, subject=payer.subject, data=data)
