"""Who has left an organization hears nothing more of its money; whoever runs it does instead."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import Membership, Role, User
from payments import approval_mail, chargeback_mail, top_up_mail
from payments.models import Approval, ApprovalState, Chargeback, Order
from tests.factories.catalog import ListingFactory, VendorFactory
from tests.factories.payments import (
    ChargebackFactory,
    OrderFactory,
    PayerFactory,
    SellerAccountFactory,
    TopUpFactory,
)
from tests.organizations import Team

pytestmark = pytest.mark.django_db

Written = Callable[[Callable[[], object]], list[str]]


@pytest.fixture
def acme(db: None) -> Team:
    return Team()


@pytest.fixture
def owner(acme: Team) -> User:
    return acme.joined(Role.OWNER).user


@pytest.fixture
def member(acme: Team) -> User:
    return acme.joined(Role.MEMBER).user


@pytest.fixture
def written(
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Written:
    """Return to whom something writes."""

    def to(act: Callable[[], object]) -> list[str]:
        mailbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return sorted(letter.to[0] for letter in mailbox)

    return to


def leave(user: User) -> None:
    Membership.objects.filter(user=user).delete()


def test_who_has_bought_for_it_hears_of_a_dispute_while_they_belong(
    acme: Team, owner: User, member: User, written: Written
) -> None:
    order: Order = OrderFactory.create(user=None, organization=acme.organization, placed_by=member)
    dispute: Chargeback = ChargebackFactory.create(top_up=None, order=order)
    seller = order.vendor.user
    assert seller is not None
    assert set(written(lambda: chargeback_mail.tell(dispute))) >= {member.email, seller.email}
    leave(member)
    told = written(lambda: chargeback_mail.tell(dispute))
    assert {owner.email, seller.email} <= set(told)
    assert member.email not in told


def test_who_has_set_up_its_payouts_hears_of_its_sales_while_they_belong(
    acme: Team, owner: User, member: User, written: Written
) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    SellerAccountFactory.create(vendor=vendor, opened_by=member)
    order = OrderFactory.create(listing=ListingFactory.create(vendor=vendor, price_cents=499))
    dispute = ChargebackFactory.create(top_up=None, order=order)
    assert member.email in written(lambda: chargeback_mail.tell(dispute))
    leave(member)
    told = written(lambda: chargeback_mail.tell(dispute))
    assert owner.email in told
    assert member.email not in told


def test_a_sellers_dispute_is_told_before_anybody_has_set_up_payouts(
    acme: Team, owner: User, written: Written
) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    order = OrderFactory.create(listing=ListingFactory.create(vendor=vendor, price_cents=499))
    dispute = ChargebackFactory.create(top_up=None, order=order)
    assert owner.email in written(lambda: chargeback_mail.tell(dispute))


def test_who_has_started_a_top_up_hears_of_it_while_they_belong(
    acme: Team, owner: User, member: User, written: Written
) -> None:
    payer = PayerFactory.create(user=None, organization=acme.organization)
    top_up = TopUpFactory.create(payer=payer, started_by=member)
    letter = top_up_mail.failed(top_up)
    both = sorted([owner.email, member.email])
    assert written(lambda: top_up_mail.send(letter, about=top_up)) == both
    leave(member)
    assert written(lambda: top_up_mail.send(letter, about=top_up)) == [owner.email]


def test_who_has_asked_hears_the_answer_while_they_belong(
    acme: Team, owner: User, member: User, written: Written
) -> None:
    approval = Approval(
        requested_by=member,
        organization=acme.organization,
        listing=ListingFactory.create(),
        price_cents=499,
        currency="USD",
        state=ApprovalState.DENIED,
        decided_by=owner,
        expires_at=timezone.now(),
    )
    assert written(lambda: approval_mail.tell(approval)) == [member.email]
    leave(member)
    assert written(lambda: approval_mail.tell(approval)) == []
