"""Deleting an organization: what stands in the way, and what goes with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import organizations
from accounts.actor import Actor
from accounts.errors import InvalidNamespace, OrganizationInUse, RoleRequired, StepUpRequired
from accounts.models import (
    Credential,
    CredentialKind,
    Invitation,
    Membership,
    Organization,
    Role,
    User,
)
from audit.actions import Action
from audit.models import Event
from catalog import listings, transfers
from catalog.models import Listing, ListingState, TransferState, Visibility
from mog_site import organization_deletion
from payments import accounts, ledger, payers, stripe_port
from payments.ledger import Entry
from payments.models import (
    AccountKind,
    AutoTopUp,
    ChargebackState,
    OrderMethod,
    OrderState,
    Payout,
    PayoutState,
    TopUpState,
)
from releases import publishing
from releases.states import State
from tests import money
from tests.bearer import Bearer
from tests.devices import person
from tests.factories.accounts import InvitationFactory, SpendPolicyFactory
from tests.factories.catalog import DraftFactory, ListingFactory, VendorFactory
from tests.factories.payments import (
    ChargebackFactory,
    OrderFactory,
    PayerFactory,
    SellerAccountFactory,
    TopUpFactory,
)
from tests.factories.releases import ArtifactFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.organizations import Team
from tests.signed_in import sign_in
from tests.transfers import fresh, offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db: None) -> Team:
    return Team()


@pytest.fixture
def owner(acme: Team) -> Actor:
    return acme.actor(Role.OWNER)


def delete(acme: Team, by: Actor) -> None:
    organization_deletion.delete(acme.organization, by=by, now=timezone.now())


def refused(acme: Team, by: Actor) -> tuple[str, ...]:
    """Return what stood in the way; it must have."""
    with pytest.raises(OrganizationInUse) as refusal:
        delete(acme, by)
    assert Organization.objects.get(pk=acme.organization.pk).deleted_at is None
    return refusal.value.obstacles


def test_everything_that_acts_for_it_ends_and_its_name_stays_taken(
    acme: Team, owner: Actor
) -> None:
    member = acme.joined(Role.MEMBER).user
    bound = {"organization": acme.organization}
    token = Bearer(member, "read", **bound).credential
    own = Bearer(owner.user, "read", kind=CredentialKind.ORGANIZATION, **bound).credential  # type: ignore[arg-type]  # there is one
    browser = person(member).credential
    assert browser is not None
    Credential.objects.filter(pk=browser.pk).update(organization=acme.organization)
    InvitationFactory.create(organization=acme.organization, invited_by=owner.user)
    policy = SpendPolicyFactory.create(user=None, **bound)
    delete(acme, owner)
    assert Organization.objects.get(pk=acme.organization.pk).deleted_at is not None
    assert not Membership.objects.exists()
    assert not Invitation.objects.pending()
    live = Credential.objects.live(now=timezone.now())
    assert not live.filter(pk__in=[token.pk, own.pk])
    assert live.get(pk=browser.pk).organization is None
    policy.refresh_from_db()
    assert not policy.can_spend
    with pytest.raises(InvalidNamespace):
        organizations.create(slug="acme", name="Acme", by=person(member), now=timezone.now())


def test_it_is_in_the_trail_once_and_everybody_is_told(
    acme: Team,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    owner, member = acme.joined(Role.OWNER), acme.joined(Role.MEMBER)
    with django_capture_on_commit_callbacks(execute=True):
        delete(acme, person(owner.user))
    event = Event.objects.get(action=Action.ORGANIZATION_DELETED)
    assert event.subject == acme.organization.subject
    assert Event.objects.filter(action=Action.MEMBERSHIP_ENDED).count() == 2
    assert {mail.to[0] for mail in mailbox} == {owner.user.email, member.user.email}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_only_owners_delete(acme: Team, owner: Actor, role: Role) -> None:
    with pytest.raises(RoleRequired):
        delete(acme, acme.actor(role))


def test_an_owner_deletes_in_person_only(acme: Team) -> None:
    owner = acme.joined(Role.OWNER).user
    for by in (person(owner, stepped_up=False), Bearer(owner, "org").actor):
        with pytest.raises(StepUpRequired):
            delete(acme, by)


def test_twice_is_once(acme: Team, owner: Actor) -> None:
    delete(acme, owner)
    with pytest.raises(Organization.DoesNotExist):
        delete(acme, owner)


def test_money_in_the_wallet_stands_in_the_way(acme: Team, owner: Actor) -> None:
    money.fill(acme.organization, 1)
    assert refused(acme, owner) == ("wallet_balance",)


_UNDER_WAY = (TopUpState.PENDING, TopUpState.PROCESSING, TopUpState.FAILED)


@pytest.mark.parametrize("state", _UNDER_WAY)
def test_a_top_up_that_may_still_be_paid_stands_in_the_way(
    acme: Team, owner: Actor, state: TopUpState
) -> None:
    payer = PayerFactory.create(user=None, organization=acme.organization)
    TopUpFactory.create(payer=payer, state=state)
    assert refused(acme, owner) == ("pending_payments",)


def test_an_order_that_waits_for_its_card_stands_in_the_way(acme: Team, owner: Actor) -> None:
    OrderFactory.create(
        user=None,
        organization=acme.organization,
        state=OrderState.PENDING,
        method=OrderMethod.CARD,
    )
    assert refused(acme, owner) == ("pending_payments",)


def test_earnings_that_are_not_paid_out_stand_in_the_way(acme: Team, owner: Actor) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    with transaction.atomic():
        owed = accounts.payable_of(vendor)
        entry = Entry("credit", accounts.ours(AccountKind.PROVIDER), owed, 1)
        ledger.post("sale:1", [entry], now=timezone.now())
    assert refused(acme, owner) == ("unpaid_earnings",)


_OPEN = (PayoutState.PENDING, PayoutState.PROCESSING, PayoutState.RETRYING, PayoutState.FAILED)


@pytest.mark.parametrize("state", _OPEN)
def test_a_payout_that_has_not_ended_stands_in_the_way(
    acme: Team, owner: Actor, state: PayoutState
) -> None:
    payout = paying_out(acme, owner, state=state)
    assert refused(acme, owner) == ("unpaid_earnings",)
    payout.state, payout.ended_at = PayoutState.CANCELED, timezone.now()
    payout.save(update_fields=["state", "ended_at"])
    delete(acme, owner)


def paying_out(acme: Team, owner: Actor, *, state: PayoutState) -> Payout:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    return Payout.objects.create(
        vendor=vendor,
        account=SellerAccountFactory.create(vendor=vendor, opened_by=owner.user),
        period="2026-W48",
        amount_cents=1,
        currency="USD",
        state=state,
        problem="none",
    )


def test_an_open_dispute_stands_in_the_way_until_it_ends(acme: Team, owner: Actor) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    sold = OrderFactory.create(
        listing=ListingFactory.create(vendor=vendor, price_cents=499, state=ListingState.RETIRED)
    )
    bought = OrderFactory.create(user=None, organization=acme.organization)
    for order in (sold, bought):
        dispute = ChargebackFactory.create(top_up=None, order=order)
        assert refused(acme, owner) == ("open_disputes",)
        dispute.state, dispute.ended_at = ChargebackState.WON, timezone.now()
        dispute.save(update_fields=["state", "ended_at"])
    delete(acme, owner)


def test_live_listings_stand_in_the_way_also_private_ones(acme: Team, owner: Actor) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    listing = ListingFactory.create(vendor=vendor, visibility=Visibility.PRIVATE)
    assert refused(acme, owner) == ("live_listings",)
    listing.state = ListingState.RETIRED
    listing.save(update_fields=["state"])
    delete(acme, owner)


def test_what_is_still_scanned_never_gets_onto_the_shelf_of_nobody(
    acme: Team, owner: Actor
) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    draft = DraftFactory.create(vendor=vendor)
    release = ArtifactFactory.create(
        release__listing=draft, release__state=State.ACCEPTED, release__is_to_publish=True
    ).release
    delete(acme, owner)
    publishing.publish_if_asked(release, by=Actor.system(), now=timezone.now())
    draft.refresh_from_db()
    release.refresh_from_db()
    assert (draft.state, release.state) == (ListingState.RETIRED, State.ACCEPTED)
    assert Event.objects.get(action=Action.LISTING_RETIRED).subject == draft.subject


def test_what_it_was_offered_is_left_and_the_giver_is_told(
    acme: Team,
    owner: Actor,
    alice: User,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    listing = ListingFactory.create(vendor__user=alice)
    offer = offered(listing, vendor, now=timezone.now())
    mailbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        delete(acme, owner)
    left = fresh(offer)
    assert (left.state, left.decided_by) == (TransferState.REJECTED, owner.user)
    assert Event.objects.filter(action=Action.TRANSFER_REJECTED).count() == 1
    [told] = [mail for mail in mailbox if mail.to == [alice.email]]
    assert f"does not take {listing.title}" in str(told.body)


def test_what_it_has_offered_is_called_back(acme: Team, owner: Actor, bob: User) -> None:
    vendor = VendorFactory.create(user=None, organization=acme.organization)
    listing = ListingFactory.create(vendor=vendor)
    globex = VendorFactory.create(user=bob)
    offer = transfers.offer(listing, to=globex.slug, by=owner, now=timezone.now())
    listings.retire(
        listing,
        by=replace(owner, organization=acme.organization, role=Role.OWNER),
        now=timezone.now(),
    )
    delete(acme, owner)
    assert fresh(offer).state == TransferState.CALLED_BACK


def test_offers_among_others_stand(acme: Team, owner: Actor, alice: User, bob: User) -> None:
    VendorFactory.create(user=None, organization=acme.organization)
    listing = ListingFactory.create(vendor__user=alice)
    offer = offered(listing, VendorFactory.create(user=bob), now=timezone.now())
    delete(acme, owner)
    assert fresh(offer).state == TransferState.OPEN


def test_an_owner_who_is_a_mere_member_elsewhere_deletes_what_has_a_draft(acme: Team) -> None:
    user = acme.joined(Role.OWNER).user
    other = Team("other")
    other.joined(Role.MEMBER, user)
    DraftFactory.create(vendor=VendorFactory.create(user=None, organization=acme.organization))
    by = replace(person(user), organization=other.organization, role=Role.MEMBER)
    delete(acme, by)
    assert Listing.objects.get().state == ListingState.RETIRED


def test_what_belongs_to_somebody_else_stands_in_nobodys_way(acme: Team, owner: Actor) -> None:
    money.fill(Team("other").organization, 1_000)
    ListingFactory.create()
    TopUpFactory.create()
    delete(acme, owner)


def test_its_wallet_fills_itself_no_more_and_a_refusal_leaves_that_on(
    acme: Team, owner: Actor
) -> None:
    payer = PayerFactory.create(user=None, organization=acme.organization)
    auto = AutoTopUp.objects.create(payer=payer, is_enabled=True)
    listing = ListingFactory.create(
        vendor=VendorFactory.create(user=None, organization=acme.organization)
    )
    refused(acme, owner)
    auto.refresh_from_db()
    assert auto.is_enabled
    listing.state = ListingState.RETIRED
    listing.save(update_fields=["state"])
    delete(acme, owner)
    auto.refresh_from_db()
    assert not auto.is_enabled


def test_its_saved_cards_are_removed_and_a_refusal_leaves_them(
    acme: Team,
    owner: Actor,
    sandbox: PaymentSandbox,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    customer = payers.customer_of(payers.payer_of(acme.organization))
    sandbox.control(f"customers/{customer}/cards", card="pm_card_visa")
    wallet = money.fill(acme.organization, 1)
    with django_capture_on_commit_callbacks(execute=True):
        refused(acme, owner)
    assert len(stripe_port.list_payment_methods(customer)) == 1
    with transaction.atomic():
        out = Entry("out", wallet, accounts.ours(AccountKind.PROVIDER), 1)
        ledger.post("out:1", [out], now=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        delete(acme, owner)
    assert stripe_port.list_payment_methods(customer) == ()


def test_the_page_asks_for_step_up_before_it_shows_anything(client: Client, acme: Team) -> None:
    sign_in(client, acme.joined(Role.OWNER).user, proven_ago=timedelta(hours=1))
    for answer in (
        client.get("/orgs/acme/delete"),
        client.post("/orgs/acme/delete", {"slug": "acme"}),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/step-up?")
    assert Organization.objects.get().deleted_at is None


@pytest.mark.parametrize("typed", ["", "ACME", "other", "acme-"])
def test_the_name_must_be_typed(client: Client, acme: Team, typed: str) -> None:
    sign_in(client, acme.joined(Role.OWNER).user)
    assert client.post("/orgs/acme/delete", {"slug": typed}).status_code == 422
    assert Organization.objects.get().deleted_at is None


def test_the_page_deletes_and_leads_to_the_list(client: Client, acme: Team) -> None:
    sign_in(client, acme.joined(Role.OWNER).user)
    assert client.post("/orgs/acme/delete", {"slug": "acme"})["Location"] == "/orgs"
    assert client.get("/orgs/acme").status_code == 404


def test_the_page_says_what_to_do_before(client: Client, acme: Team) -> None:
    money.fill(acme.organization, 1)
    sign_in(client, acme.joined(Role.OWNER).user)
    for answer in (
        client.get("/orgs/acme/delete"),
        client.post("/orgs/acme/delete", {"slug": "acme"}),
    ):
        page = answer.content.decode()
        assert "Spend it, or ask support to refund it" in page
        assert 'name="slug"' not in page
    assert Organization.objects.get().deleted_at is None
