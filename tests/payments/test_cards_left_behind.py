"""Cards of an organization that is deleted: removed at the provider, however often it is away."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Organization
from audit.actions import Action
from audit.models import Event
from payments import cards_left_behind, payers, stripe_port
from payments.models import Payer
from tests.factories.accounts import OrganizationFactory
from tests.fakes.payment_sandbox import PaymentSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(sandbox: PaymentSandbox, mailbox: list[EmailMessage]) -> Payer:
    """Has two cards; workers work at once."""
    made = payers.payer_of(OrganizationFactory.create())
    customer = payers.customer_of(made)
    cards = [sandbox.control(f"customers/{customer}/cards", card="pm_card_visa") for _ in "ab"]
    made.default_method_id = cards[0]["id"]
    made.save(update_fields=["default_method_id"])
    return made


def delete(payer: Payer, *, ago: timedelta = timedelta()) -> None:
    """Delete the organization, as far as it matters here."""
    Organization.objects.filter(payer=payer).update(deleted_at=timezone.now() - ago)


def cards_of(payer: Payer) -> int:
    """Return how many cards the provider keeps."""
    return len(stripe_port.list_payment_methods(payers.customer_of(payer)))


def test_they_are_removed_once_the_deletion_is_committed(
    payer: Payer, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    assert payer.organization is not None
    with django_capture_on_commit_callbacks(execute=True):
        cards_left_behind.remove_of(payer.organization)
        delete(payer)
        assert cards_of(payer) == 2
    payer.refresh_from_db()
    assert (cards_of(payer), payer.default_method_id) == (0, "")
    assert Event.objects.filter(action=Action.CARD_REMOVED, subject=payer.subject).count() == 2


def test_a_provider_that_is_away_is_asked_again(payer: Payer, sandbox: PaymentSandbox) -> None:
    delete(payer)
    sandbox.control("faults", path="/v1/payment_methods", fault="rate_limited", times="1")
    assert cards_left_behind.sweep() == 1
    assert cards_of(payer) == 2
    assert cards_left_behind.sweep() == 1
    assert cards_of(payer) == 0


def test_one_that_is_saved_after_all_is_removed_as_well(
    payer: Payer, sandbox: PaymentSandbox
) -> None:
    delete(payer, ago=timedelta(days=6))
    cards_left_behind.sweep()
    sandbox.control(f"customers/{payer.customer_id}/cards", card="pm_card_visa")
    cards_left_behind.sweep()
    assert cards_of(payer) == 0


def test_after_a_week_nobody_looks_any_more(payer: Payer) -> None:
    delete(payer, ago=timedelta(days=8))
    assert cards_left_behind.sweep() == 0


def test_those_of_whoever_is_there_stay(payer: Payer) -> None:
    assert cards_left_behind.sweep() == 0
    with pytest.raises(Payer.DoesNotExist):
        cards_left_behind.remove(payer.pk)
    assert cards_of(payer) == 2
