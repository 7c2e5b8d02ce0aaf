"""Secrets of second factors at rest: keys that change, and commands for operators."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.errors import SecretUnreadable
from accounts.models import User
from accounts.second_factors import authenticator_app, encryption, owned
from accounts.second_factors.authenticator_app import Outcome
from audit.actions import Action
from audit.models import Event
from tests.second_factors import SECRET, code_at, give_app, set_up_app
from tests.signed_in import sign_in

OLD, NEW = "old-" + "k" * 32, "new-" + "k" * 32


def run(command: str, *arguments: str) -> str:
    """Run a management command; return what it says."""
    said = io.StringIO()
    call_command(command, *arguments, stdout=said)
    return said.getvalue().strip()


def test_what_is_stored_opens_with_its_key_only(settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    stored = encryption.encrypt(SECRET)
    assert SECRET not in stored
    assert encryption.decrypt(stored) == SECRET
    settings.SECOND_FACTOR_KEYS = [NEW]
    with pytest.raises(SecretUnreadable):
        encryption.decrypt(stored)


def test_the_first_key_writes_and_every_key_reads(settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    stored = encryption.encrypt(SECRET)
    settings.SECOND_FACTOR_KEYS = [NEW, OLD]
    assert encryption.decrypt(stored) == SECRET
    assert not encryption.is_current(stored)
    assert encryption.is_current(encryption.encrypt(SECRET))


@pytest.mark.parametrize("altered", ["", "x", "gAAAAA==", "\x00"])
def test_what_was_altered_does_not_open(altered: str) -> None:
    with pytest.raises(SecretUnreadable):
        encryption.decrypt(altered)


def test_a_flipped_letter_does_not_open() -> None:
    stored = encryption.encrypt(SECRET)
    flipped = stored[:40] + ("A" if stored[40] != "A" else "B") + stored[41:]
    with pytest.raises(SecretUnreadable):
        encryption.decrypt(flipped)


def test_a_key_is_retired_in_three_steps(alice: User, now: datetime, settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    set_up_app(alice, now=now)
    settings.SECOND_FACTOR_KEYS = [NEW, OLD]
    said = run("reencrypt_second_factors", "--dry-run")
    assert said == "would encrypt 2 secrets anew, 0 were current"
    assert run("reencrypt_second_factors") == "encrypted 2 secrets anew, 0 were current"
    assert run("reencrypt_second_factors") == "encrypted 0 secrets anew, 2 were current"
    settings.SECOND_FACTOR_KEYS = [NEW]
    code = code_at(now, steps=1)
    assert authenticator_app.check(code, user=alice, now=now) is Outcome.ACCEPTED
    assert owned.owned_by(alice).codes_left == 10


def test_a_dry_run_writes_nothing(alice: User, settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    give_app(alice)
    before = Authenticator.objects.get().data
    settings.SECOND_FACTOR_KEYS = [NEW, OLD]
    run("reencrypt_second_factors", "--dry-run")
    assert Authenticator.objects.get().data == before


def test_a_lost_key_is_an_error_and_loses_nothing(alice: User, settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    give_app(alice)
    before = Authenticator.objects.get().data
    settings.SECOND_FACTOR_KEYS = [NEW]
    with pytest.raises(CommandError, match="1 secrets open with none"):
        run("reencrypt_second_factors")
    assert Authenticator.objects.get().data == before


def test_a_lost_key_closes_rather_than_opens(client: Client, alice: User, settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    give_app(alice)
    sign_in(client, alice)
    session = client.session
    session["proven_at"] = 0
    session.save()
    settings.SECOND_FACTOR_KEYS = [NEW]
    assert client.post("/step-up", {"code": code_at()}).status_code == 503
    assert client.get("/settings/tokens/new").status_code == 302


def test_an_operator_removes_what_somebody_has_lost(
    client: Client,
    alice: User,
    now: datetime,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    set_up_app(alice, now=now)
    sign_in(client, alice)
    with django_capture_on_commit_callbacks(execute=True):
        said = run("reset_second_factors", "alice")
    assert said == "removed 1 second factors of alice; their sessions have ended"
    assert not Authenticator.objects.exists()
    assert client.get("/settings/sessions").status_code == 302
    reset = Event.objects.get(action=Action.SECOND_FACTOR_RESET)
    assert (reset.actor_kind, reset.subject) == ("system", f"user:{alice.public_id}")
    assert json.loads(reset.data) == {"factors": 1}
    assert "an operator of this site has removed" in mailbox[-1].body


def test_an_operator_is_told_when_there_is_nothing_to_remove(alice: User) -> None:
    assert run("reset_second_factors", "alice") == "alice has no second factor"
    assert not Event.objects.filter(action=Action.SECOND_FACTOR_RESET).exists()


def test_an_operator_is_told_of_a_wrong_name(db: None) -> None:
    with pytest.raises(CommandError, match="Nobody is called mallory"):
        run("reset_second_factors", "mallory")
