"""Events of the provider: refused, kept once, applied by a worker, replayed by staff."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from audit.actions import Action
from audit.models import Event
from mog_site.celery import app
from payments import stripe_port, webhook_inbox
from payments.models import EventState, ProviderEvent
from tests import signed_in
from tests.audit_trail import refusals
from tests.fakes.payment_sandbox import WEBHOOK_SECRET, PaymentSandbox
from tests.payments.provider_events import PATH, event, kept, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _provider(settings: Settings) -> None:
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET


class TestWhatIsTakenIn:
    def test_an_event_is_kept_as_it_came(self) -> None:
        said = json.dumps(event(), indent=3).encode() + b"\r\n"
        answer = send(said)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
        row = kept()
        assert row.body.encode() == said
        assert (row.event_id, row.type, row.state) == (
            "evt_1",
            "payment_intent.succeeded",
            "received",
        )
        assert (row.api_version, row.object_id) == ("2026-10-28.endive", "pi_1")

    def test_a_repetition_is_as_welcome_and_kept_once(self) -> None:
        assert [send(event()).status_code for _ in range(3)] == [200, 200, 200]
        assert ProviderEvent.objects.count() == 1

    def test_a_worker_is_told_once_it_stands(
        self, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks() as told:
            send(event())
            send(event())
        assert len(told) == 1

    def test_no_session_and_no_form_token_is_needed(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(PATH, b"{}", content_type="application/json").status_code == 400
        assert client.get(PATH).status_code == 405


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("reason", "sent"),
        [
            ("signature", lambda: send(event(), secret="whsec_of_somebody_else")),
            ("too_old", lambda: send(event(), at=timezone.now() - timedelta(seconds=301))),
            ("no_event", lambda: send(b"[]")),
            ("no_event", lambda: send(b"\xff\xfe")),
            ("no_event", lambda: send({"id": "evt_1"})),
            ("no_event", lambda: send(event(id=""))),
            ("no_event", lambda: send(event(id="e" * 300))),
            ("no_event", lambda: send(event(type="\ud800"))),
            ("no_event", lambda: send(event(account={"id": "acct_1"}))),
        ],
    )
    def test_it_is_answered_with_400_and_stands_in_the_trail(self, reason: str, sent: Any) -> None:
        answer = sent()
        assert (answer.status_code, answer.json()["code"]) == (400, "webhook_refused")
        assert not ProviderEvent.objects.exists()
        assert refusals(Action.WEBHOOK_REFUSED) == [{"reason": reason}]

    def test_an_altered_body_is_refused(self) -> None:
        body = json.dumps(event()).encode()
        genuine = send(body).wsgi_request.headers["Stripe-Signature"]
        ProviderEvent.objects.all().delete()
        answer = Client().post(
            PATH,
            body.replace(b"pi_1", b"pi_2"),
            content_type="application/json",
            headers={"Stripe-Signature": genuine},
        )
        assert answer.status_code == 400
        assert not ProviderEvent.objects.exists()

    def test_a_body_without_end_is_not_read(self) -> None:
        answer = send(b" " * (webhook_inbox.BODY_BYTES + 1))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def test_a_site_without_keys_says_so(self, settings: Settings) -> None:
        settings.STRIPE_WEBHOOK_SECRET = ""
        answer = send(event())
        assert (answer.status_code, answer.json()["code"]) == (503, "payments_off")


class TestApplying:
    def test_what_nobody_here_knows_is_kept_as_ignored(self) -> None:
        send(event("invoice", "in_1"))
        webhook_inbox.apply_event(kept().pk)
        row = kept()
        assert (row.state, row.attempts) == (EventState.IGNORED, 1)
        assert row.ended_at is not None

    def test_a_sellers_own_payments_are_none_of_ours(self) -> None:
        send(event(account="acct_1"))
        webhook_inbox.apply_event(kept().pk)
        assert kept().state == EventState.IGNORED

    def test_a_payment_that_names_no_row_of_ours_is_ignored(self, sandbox: PaymentSandbox) -> None:
        customer = stripe_port.create_customer(email="", name="bob", metadata={}, key="cus:1")
        charge = stripe_port.Charge(
            amount_cents=1200,
            currency="USD",
            customer_id=customer.id,
            metadata={"subject": "inv_12345"},
        )
        send(event("payment_intent", stripe_port.create_intent(charge, key="a:1").id))
        webhook_inbox.apply_event(kept().pk)
        assert kept().state == EventState.IGNORED

    def test_a_provider_that_is_away_is_asked_again_later(self, sandbox: PaymentSandbox) -> None:
        sandbox.control("faults", path="/v1/payment_intents", fault="server_error", times="3")
        send(event("payment_intent", "pi_1"))
        before = timezone.now()
        webhook_inbox.apply_event(kept().pk)
        row = kept()
        assert (row.state, row.attempts) == (EventState.RECEIVED, 1)
        assert row.error.startswith("ProviderBusy")
        assert before < row.due_at < before + timedelta(seconds=30)

    def test_what_the_provider_does_not_know_has_failed(self, sandbox: PaymentSandbox) -> None:
        send(event("payment_intent", "pi_of_another_account"))
        webhook_inbox.apply_event(kept().pk)
        assert kept().state == EventState.FAILED
        assert "resource_missing" in kept().error

    def test_it_is_given_up_in_the_end(self, sandbox: PaymentSandbox) -> None:
        send(event("payment_intent", "pi_1"))
        ProviderEvent.objects.update(attempts=15)
        sandbox.control("faults", path="/v1/payment_intents", fault="server_error", times="3")
        webhook_inbox.apply_event(kept().pk)
        assert (kept().state, kept().attempts) == (EventState.FAILED, 16)

    def test_one_worker_at_a_time(self) -> None:
        send(event("invoice", "in_1"))
        assert kept().claim("a", lease=timedelta(minutes=1), now=timezone.now())
        webhook_inbox.apply_event(kept().pk)
        assert (kept().state, kept().attempts) == (EventState.RECEIVED, 1)


class TestTheSweep:
    def test_it_leaves_a_fresh_message_some_time(self) -> None:
        send(event())
        assert webhook_inbox.sweep() == 0

    def test_it_sends_again_what_nobody_took_up(self) -> None:
        send(event())
        ProviderEvent.objects.update(due_at=timezone.now())
        assert webhook_inbox.sweep() == 1

    def test_a_killed_worker_is_followed_by_another(self) -> None:
        send(event("invoice", "in_1"))
        ProviderEvent.objects.update(due_at=timezone.now())
        past = timezone.now() - timedelta(minutes=2)
        assert kept().claim("dead", lease=timedelta(minutes=1), now=past)
        assert webhook_inbox.sweep() == 1
        webhook_inbox.apply_event(kept().pk)
        assert kept().state == EventState.IGNORED

    def test_beat_runs_it(self) -> None:
        assert "payments.sweep_events" in {
            entry["task"] for entry in app.conf.beat_schedule.values()
        }


class TestTheAdmin:
    @pytest.fixture
    def staff(self, bob: User) -> Client:
        bob.is_staff = True
        bob.save(update_fields=["is_staff"])
        bob.user_permissions.add(Permission.objects.get(codename="view_providerevent"))
        client = Client()
        signed_in.sign_in(client, bob)
        return client

    def _replay(self, client: Client) -> Any:
        chosen = {"action": "replay", "_selected_action": [kept().pk]}
        return client.post("/admin/payments/providerevent/", chosen, follow=True)

    def test_whoever_may_look_changes_nothing(self, staff: Client) -> None:
        send(event("invoice", "in_1"))
        webhook_inbox.apply_event(kept().pk)
        page = staff.get(f"/admin/payments/providerevent/{kept().pk}/change/")
        assert b"invoice.succeeded" in page.content
        assert b'name="_save"' not in page.content
        self._replay(staff)
        assert kept().state == EventState.IGNORED

    def test_a_replay_applies_it_once_more(self, staff: Client, bob: User) -> None:
        bob.user_permissions.add(Permission.objects.get(codename="change_providerevent"))
        send(event("invoice", "in_1"))
        webhook_inbox.apply_event(kept().pk)
        assert b"1 sent to a worker" in self._replay(staff).content
        assert (kept().state, kept().attempts) == (EventState.RECEIVED, 0)
        webhook_inbox.apply_event(kept().pk)
        assert kept().state == EventState.IGNORED
        assert Event.objects.filter(action=Action.EVENT_REPLAYED, actor_kind="staff").count() == 1

    def test_what_is_being_applied_is_left_alone(self, staff: Client, bob: User) -> None:
        bob.user_permissions.add(Permission.objects.get(codename="change_providerevent"))
        send(event())
        kept().claim("a", lease=timedelta(minutes=1), now=timezone.now())
        assert b"is in use" in self._replay(staff).content
