"""Tokens found in public: whoever reports one has proven enough."""

import hashlib
from base64 import b64encode
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import leaks, token_format
from accounts.actor import Actor
from accounts.models import Credential, User
from accounts.token_format import TokenPrefix
from audit.actions import Action
from audit.models import Event
from tests.factories.accounts import CredentialFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def plaintext() -> str:
    return token_format.generate(TokenPrefix.PERSONAL)


@pytest.fixture
def token(alice: User, plaintext: str) -> Credential:
    credential: Credential = CredentialFactory.create(user=alice, plaintext=plaintext)
    return credential


def report(client: Client, *found: object) -> Any:
    """Send a list of findings."""
    return client.post("/v1/leaked-tokens", list(found), content_type="application/json")


def finding(token: str, **more: Any) -> dict[str, Any]:
    """Return one finding as GitHub writes it."""
    url = "https://github.com/somebody/something/blob/main/.env"
    return {"token": token, "type": "mog_token", "url": url, "source": "content", **more}


def labels(response: Any) -> list[str]:
    """Return the verdicts."""
    assert response.status_code == 200, response.content
    return [verdict["label"] for verdict in response.json()]


def test_a_leaked_token_is_ended_and_its_owner_told(
    api_client: Client,
    token: Credential,
    plaintext: str,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = report(api_client, finding(plaintext))
    assert labels(response) == ["true_positive"]
    token.refresh_from_db()
    assert token.revoked_at is not None
    actions = list(Event.objects.order_by("pk").values_list("action", "subject"))
    assert actions == [
        (Action.TOKEN_REVOKED, token.subject),
        (Action.TOKEN_LEAKED, token.subject),
    ]
    [mail] = mailbox
    assert mail.to == [token.user.email]
    text = mail.message().as_string()
    assert token.prefix in text
    assert plaintext[12:] not in text
    assert "somebody/something" not in text


def test_the_answer_names_tokens_by_digest(
    api_client: Client, token: Credential, plaintext: str
) -> None:
    response = report(api_client, finding(plaintext))
    assert plaintext[12:] not in response.content.decode()
    digest = b64encode(hashlib.sha256(plaintext.encode()).digest()).decode()
    assert response.json() == [
        {"token_hash": digest, "token_type": "mog_token", "label": "true_positive"}
    ]


def test_each_of_a_list_is_judged(api_client: Client, token: Credential, plaintext: str) -> None:
    unknown = token_format.generate(TokenPrefix.DEVICE)
    mistyped = plaintext[:-1] + ("0" if plaintext[-1] != "0" else "1")
    found = [finding(text) for text in (unknown, plaintext, mistyped, "ghp_" + "x" * 36)]
    assert labels(report(api_client, *found)) == [
        "false_positive",
        "true_positive",
        "false_positive",
        "false_positive",
    ]


def test_a_second_report_says_the_same_and_tells_nobody_again(
    api_client: Client,
    token: Credential,
    plaintext: str,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        found = [finding(plaintext), finding(plaintext)]
        assert labels(report(api_client, *found)) == ["true_positive"] * 2
        assert labels(report(api_client, finding(plaintext))) == ["true_positive"]
    assert len(mailbox) == 1
    assert Event.objects.filter(action=Action.TOKEN_LEAKED).count() == 1


def test_an_expired_token_is_ours_but_nobodys_worry(
    api_client: Client, token: Credential, plaintext: str
) -> None:
    Credential.objects.update(expires_at=timezone.now())
    assert labels(report(api_client, finding(plaintext))) == ["true_positive"]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{}, [{}], [{"token": ["x"]}], [{"token": ""}], [{"token": "x" * 201}], ["mog_pat_x"], []],
)
def test_another_shape_is_refused(api_client: Client, body: object) -> None:
    response = api_client.post("/v1/leaked-tokens", body, content_type="application/json")
    assert response.status_code == 422


def test_more_than_a_hundred_at_once_are_refused(api_client: Client) -> None:
    assert report(api_client, *[finding("x")] * 101).status_code == 422


def test_reports_are_limited(api_client: Client) -> None:
    statuses = [report(api_client, finding("x")).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]


def test_what_a_stranger_says_of_the_place_is_kept_as_a_word_only(
    token: Credential, plaintext: str, now: datetime
) -> None:
    source = "alice@example.com\n"
    assert leaks.revoke_leaked(plaintext, source=source, by=Actor.system(), now=timezone.now())
    event = Event.objects.get(action=Action.TOKEN_LEAKED)
    assert '"source":"other"' in event.data
    assert token.user.public_id in event.data
