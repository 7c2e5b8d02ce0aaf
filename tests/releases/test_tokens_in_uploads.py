"""Tokens of ours in an upload: they end, and their owners are told, whatever crashes."""

import base64
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from accounts import leaks, token_format
from accounts.models import Credential, User
from accounts.token_format import TokenPrefix
from audit.actions import Action
from audit.models import Event
from releases import examining
from scanning import engine
from scanning.models import Report
from tests.factories.accounts import CredentialFactory
from tests.mog_package import packages
from tests.releases.conftest import archive, send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


class Crash(BaseException):
    """The worker dies."""


@pytest.fixture
def plaintext() -> str:
    """A token as its owner knows it."""
    return token_format.generate(TokenPrefix.DEVICE)


@pytest.fixture
def token(bob: User, plaintext: str) -> Credential:
    """Bob's token, which somebody else will upload."""
    credential: Credential = CredentialFactory.create(user=bob, plaintext=plaintext)
    return credential


def package(text: str) -> dict[str, bytes]:
    """Return the files of a package with a text in one of them."""
    return packages.complete() | {"content/notes.md": text.encode()}


def _plainly(token: str) -> str:
    return f"token: {token}\n"


def _hidden(token: str) -> str:
    return base64.b64encode(f"MOG_TOKEN={token}".encode()).decode()


def told(owner: User) -> list[str]:
    """Return the bodies of the mails that somebody got."""
    return [str(letter.body) for letter in mail.outbox if letter.to == [owner.email]]


def is_live(token: Credential) -> bool:
    """Tell whether it can still be used."""
    return Credential.objects.get(pk=token.pk).revoked_at is None


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("written", [_plainly, _hidden])
def test_a_token_in_an_upload_ends_and_its_owner_is_told(
    seller: Client, token: Credential, plaintext: str, written: Callable[[str], str]
) -> None:
    _, body = send(seller, archive(package(written(plaintext))))
    assert not is_live(token)
    [letter] = told(token.user)
    assert "in a package that was uploaded here" in letter
    assert plaintext not in letter
    assert "acme" not in letter
    event = Event.objects.get(action=Action.TOKEN_LEAKED)
    assert (event.subject, event.actor_kind) == (token.subject, "system")
    assert '"source":"upload"' in event.data
    assert plaintext not in str(body)


def _without_a_manifest(token: str) -> bytes:
    files = package(f"token: {token}\n")
    del files["mog.yaml"]
    return archive(files)


def _no_archive(token: str) -> bytes:
    return f"curl -H 'Authorization: Bearer {token}'\n".encode()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("broken", [_without_a_manifest, _no_archive])
def test_a_token_in_an_upload_that_is_refused_ends_too(
    tmp_path: Path,
    token: Credential,
    plaintext: str,
    now: datetime,
    broken: Callable[[str], bytes],
) -> None:
    upload = tmp_path / "upload.zip"
    upload.write_bytes(broken(plaintext))
    with examining.examine(upload, now=now) as examined:
        assert examined.canonical is None
    assert not is_live(token)
    assert len(told(token.user)) == 1


@pytest.mark.usefixtures("worker")
def test_the_same_upload_again_tells_nobody_again(
    seller: Client, token: Credential, plaintext: str
) -> None:
    for _ in range(2):
        send(seller, archive(package(f"token: {plaintext}\n")))
    assert len(told(token.user)) == 1


@pytest.mark.usefixtures("worker")
def test_a_token_with_a_typo_ends_nothing(
    seller: Client, token: Credential, plaintext: str
) -> None:
    wrong = plaintext[:-1] + ("a" if plaintext[-1] != "a" else "b")
    send(seller, archive(package(f"token: {wrong}\n")))
    assert is_live(token)
    assert told(token.user) == []


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("before_the_crash", [[], [leaks.revoke_uploaded]])
def test_a_crash_before_the_report_loses_no_revocation(
    tmp_path: Path,
    token: Credential,
    plaintext: str,
    now: datetime,
    before_the_crash: list[Callable[..., None]],
) -> None:
    upload = tmp_path / "upload.zip"
    upload.write_bytes(archive(package(f"token: {plaintext}\n")))

    def crash(digests: frozenset[str]) -> None:
        for act in before_the_crash:
            act(digests, now=now)
        raise Crash

    with pytest.raises(Crash), engine.examine(upload, now=now, on_own_tokens=crash):
        pass
    assert not Report.objects.exists()
    with examining.examine(upload, now=now) as examined:
        assert examined.report.pk
    assert not is_live(token)
    assert len(told(token.user)) == 1


def test_no_row_holds_the_digest_of_the_token(
    tmp_path: Path, token: Credential, plaintext: str, now: datetime
) -> None:
    upload = tmp_path / "upload.zip"
    upload.write_bytes(archive(package(f"token: {plaintext}\n")))
    with examining.examine(upload, now=now) as examined:
        [finding] = examined.findings
    assert str(token.digest) not in str(finding.__dict__)
    assert finding.match_hmac
