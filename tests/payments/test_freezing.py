"""Frozen wallets: why, who may freeze and let go, and what their owners see."""

import json

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts import staff as staff_groups
from accounts.actor import Actor
from accounts.models import Role, User
from audit.actions import Action
from audit.models import Event
from audit.who import Origin
from payments import accounts, freezing
from payments.errors import InvalidFreeze, WalletContested
from payments.models import AccountKind, WalletFreeze
from tests.bearer import BUYER, Bearer
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UserFactory
from tests.fakes.payment_sandbox import PaymentSandbox
from tests.money import fill
from tests.payments.disputing import ended, faults, filled, is_frozen, opened, owed, spend
from tests.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Actor:
    return Actor.staff(UserFactory.create(is_staff=True), origin=Origin())


def freeze(user: User, by: Actor, reason: str = "A stolen card.") -> None:
    wallet = accounts.wallet_of(user)
    freezing.freeze(wallet, reason=reason, by=by, now=timezone.now())


def unfreeze(user: User, by: Actor, reason: str = "It was theirs.") -> None:
    wallet = accounts.wallet_of(user)
    freezing.unfreeze(wallet, reason=reason, by=by, now=timezone.now())


class TestByStaff:
    def test_nothing_is_bought_until_it_is_let_go(self, bob: User, staff: Actor) -> None:
        fill(bob, 1000)
        freeze(bob, staff)
        assert accounts.wallet_of(bob).available_cents == 0
        assert faults() == []
        unfreeze(bob, staff)
        assert accounts.wallet_of(bob).available_cents == 1000
        assert faults() == []

    def test_it_stands_in_the_trail_with_its_reason(self, bob: User, staff: Actor) -> None:
        freeze(bob, staff)
        freeze(bob, staff, "Again.")
        unfreeze(bob, staff)
        events = Event.objects.filter(action__startswith="wallet.").order_by("pk")
        assert [(event.action, json.loads(event.data)["reason"]) for event in events] == [
            (Action.WALLET_FROZEN, "A stolen card."),
            (Action.WALLET_UNFROZEN, "It was theirs."),
        ]
        assert {event.actor_kind for event in events} == {"staff"}

    @pytest.mark.django_db(transaction=True)
    def test_its_owner_is_told_each_time_it_changes_and_never_why(
        self, bob: User, staff: Actor, mailbox: list[EmailMessage]
    ) -> None:
        freeze(bob, staff)
        freeze(bob, staff, "Again.")
        unfreeze(bob, staff)
        assert [(sent.to, sent.subject) for sent in mailbox] == [
            ([bob.email], "A wallet is frozen"),
            ([bob.email], "A wallet can be used again"),
        ]
        assert "Our staff has frozen your wallet." in str(mailbox[0].body)
        assert not any("stolen" in str(sent.message()) for sent in mailbox)

    @pytest.mark.django_db(transaction=True)
    def test_the_admins_of_an_organization_are_told(
        self, bob: User, charlie: User, staff: Actor, mailbox: list[EmailMessage]
    ) -> None:
        acme = OrganizationFactory.create(name="Acme")
        MembershipFactory.create(organization=acme, user=bob, role=Role.MEMBER)
        MembershipFactory.create(organization=acme, user=charlie, role=Role.ADMIN)
        wallet = accounts.wallet_of(acme)
        freezing.freeze(wallet, reason="A stolen card.", by=staff, now=timezone.now())
        assert [sent.to for sent in mailbox] == [[charlie.email]]
        assert "frozen the wallet of Acme." in str(mailbox[0].body)

    @pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
    def test_a_reason_is_needed(self, bob: User, staff: Actor, reason: str) -> None:
        for act in (freeze, unfreeze):
            with pytest.raises(InvalidFreeze) as refused:
                act(bob, staff, reason)
            assert refused.value.field == "reason"

    def test_only_wallets_freeze(self, staff: Actor) -> None:
        fees = accounts.ours(AccountKind.FEES)
        with pytest.raises(InvalidFreeze, match="Only wallets"):
            freezing.freeze(fees, reason="x", by=staff, now=timezone.now())

    def test_a_dispute_that_is_won_leaves_their_own(
        self, bob: User, staff: Actor, sandbox: PaymentSandbox
    ) -> None:
        chargeback = opened(sandbox, filled(Bearer(bob, BUYER).client, sandbox))
        freeze(bob, staff)
        ended(sandbox, chargeback, "win")
        assert is_frozen(bob)
        unfreeze(bob, staff)
        assert not is_frozen(bob)
        assert faults() == []

    def test_an_open_dispute_is_not_overruled(
        self, bob: User, staff: Actor, sandbox: PaymentSandbox
    ) -> None:
        top_up = filled(Bearer(bob, BUYER).client, sandbox)
        spend(bob, 700)
        chargeback = opened(sandbox, top_up)
        with pytest.raises(WalletContested):
            unfreeze(bob, staff)
        ended(sandbox, chargeback, "lose")
        unfreeze(bob, staff)
        assert (is_frozen(bob), owed(bob)) == (False, 700)
        assert faults() == []


class TestWhatIsSeen:
    def test_the_wallet_says_why_and_what_to_do(
        self, bob: User, staff: Actor, sandbox: PaymentSandbox
    ) -> None:
        bearer = Bearer(bob, BUYER)
        top_up = filled(bearer.client, sandbox)
        spend(bob, 700)
        chargeback = opened(sandbox, top_up)
        page = Client()
        sign_in(page, bob)
        assert "withdraw the dispute" in page.get("/wallet").content.decode()
        [why] = bearer.client.get("/v1/wallet").json()["frozenBecause"]
        assert (why["reason"], why["topUpId"]) == ("disputed", top_up.public_id)
        assert why["disputedCents"] == 1000
        ended(sandbox, chargeback, "lose")
        freeze(bob, staff, "Told by the bank.")
        shown = page.get("/wallet").content.decode()
        assert "once nothing is owed the wallet can be used again" in shown
        assert "Our staff has frozen it" in shown
        assert "Told by the bank" not in shown
        wallet = bearer.client.get("/v1/wallet").json()
        assert [why["reason"] for why in wallet["frozenBecause"]] == ["dispute_lost", "staff"]
        assert wallet["owedCents"] == 700

    def test_a_wallet_that_is_not_frozen_says_nothing(self, bob: User) -> None:
        wallet = Bearer(bob, BUYER).client.get("/v1/wallet").json()
        assert (wallet["isFrozen"], wallet["frozenBecause"], wallet["owedCents"]) == (False, [], 0)


class TestTheAdmin:
    PATH = "/admin/payments/account/"

    def page(self, group: str) -> Client:
        user = UserFactory.create()
        staff_groups.appoint(user, group=group, by=Actor.system(), now=timezone.now())
        user.refresh_from_db()
        client = Client()
        sign_in(client, user)
        return client

    def act(self, client: Client, bob: User, action: str, reason: str) -> str:
        chosen = {
            "action": action,
            "reason": reason,
            "_selected_action": [accounts.wallet_of(bob).pk],
        }
        return str(client.post(self.PATH, chosen, follow=True).content.decode())

    def test_finance_freezes_with_a_reason_and_lets_go(self, bob: User) -> None:
        accounts.wallet_of(bob)
        finance = self.page("finance")
        assert "Say why" in self.act(finance, bob, "freeze", "")
        assert not is_frozen(bob)
        assert "is frozen" in self.act(finance, bob, "freeze", "A stolen card.")
        assert is_frozen(bob)
        assert WalletFreeze.objects.get().reason == "A stolen card."
        assert "is let go" in self.act(finance, bob, "unfreeze", "It was theirs.")
        assert not is_frozen(bob)

    @pytest.mark.parametrize("group", ["support", "moderator"])
    def test_others_do_not(self, bob: User, group: str) -> None:
        accounts.wallet_of(bob)
        self.act(self.page(group), bob, "freeze", "A stolen card.")
        assert not is_frozen(bob)

    def test_disputes_are_there_to_look_at(self, bob: User, sandbox: PaymentSandbox) -> None:
        chargeback = opened(sandbox, filled(Bearer(bob, BUYER).client, sandbox))
        support = self.page("support")
        assert chargeback.provider_id in support.get("/admin/payments/chargeback/").content.decode()
        path = f"/admin/payments/chargeback/{chargeback.pk}/change/"
        assert 'name="_save"' not in support.get(path).content.decode()
        found = support.get(f"/admin/payments/chargeback/?q={chargeback.provider_id}")
        assert chargeback.public_id in found.content.decode()
