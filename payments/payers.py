"""Owners of wallets at the payment provider: one customer each, made when it is first needed."""

from accounts.actor import Actor
from accounts.models import Organization, User
from payments import stripe_port
from payments.models import Payer
from payments.pending import SUBJECT
from payments.stripe_port import ProviderBusy, ProviderRefused


def payer_of(party: User | Organization) -> Payer:
    """Return the payer of a person or an organization; two at once make one."""
    if isinstance(party, User):
        return Payer.objects.get_or_create(user=party)[0]
    return Payer.objects.get_or_create(organization=party)[0]


def payer_for(actor: Actor) -> Payer:
    """Return who pays when an actor fills a wallet: the organization they act for, or they."""
    return payer_of(actor.party)


def customer_of(payer: Payer) -> str:
    """Return a payer's id at the provider, outside any transaction; raises ProviderError.

    A customer that was made and never heard of stays behind at the provider and harms nobody. So
    whatever keeps the present key from working is answered with another key.
    """
    if payer.customer_id:
        return payer.customer_id
    party = payer.party
    try:
        customer = stripe_port.create_customer(
            email=party.email if isinstance(party, User) else "",
            name=party.name,
            metadata={SUBJECT: payer.public_id},
            key=f"{payer.public_id}:{payer.attempt}",
        )
    except (ProviderBusy, ProviderRefused):
        Payer.objects.filter(pk=payer.pk).update(attempt=payer.attempt + 1)
        raise
    Payer.objects.filter(pk=payer.pk, customer_id__isnull=True).update(customer_id=customer.id)
    payer.refresh_from_db(fields=["customer_id"])
    assert payer.customer_id is not None
    return payer.customer_id
