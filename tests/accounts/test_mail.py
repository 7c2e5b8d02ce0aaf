"""Mails: text and HTML, after the commit, and never in the way of the change they tell of."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from pytest_django import Settings

from accounts import mail
from accounts.mail import Letter

LETTER = Letter(
    template="token_issued",
    subject="A new token for your account",
    facts={
        "label": "<b>laptop</b>",
        "prefix": "mog_pat_Ab12",
        "scopes": ["See your profile", "Buy packages"],
        "created_at": "2026-06-01 12:00 UTC",
        "expires_at": "2027-06-01 12:00 UTC",
        "ip": "192.0.2.7",
        "device": "Firefox on Linux",
    },
)


@pytest.mark.django_db(transaction=True)
def test_a_mail_leaves_when_its_change_stands(mailbox: list[EmailMessage]) -> None:
    with transaction.atomic():
        mail.send_on_commit(LETTER, to="alice@example.com")
        assert not mailbox
    assert [sent.to for sent in mailbox] == [["alice@example.com"]]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_undone_sends_nothing(mailbox: list[EmailMessage]) -> None:
    with transaction.atomic():
        mail.send_on_commit(LETTER, to="alice@example.com")
        transaction.set_rollback(True)
    assert not mailbox


@pytest.mark.django_db(transaction=True)
def test_nobody_without_an_address_gets_mail(mailbox: list[EmailMessage]) -> None:
    mail.send_on_commit(LETTER, to="")
    assert not mailbox


@pytest.mark.django_db(transaction=True)
def test_a_failure_to_enqueue_leaves_the_change_and_a_log_line(
    mailbox: list[EmailMessage], settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "nowhere.Backend"
    mail.send_on_commit(LETTER, to="alice@example.com")
    assert any("on_commit" in record.getMessage() for record in caplog.records)


def test_a_mail_is_text_and_html(settings: Settings, mailbox: list[EmailMessage]) -> None:
    mail.send_mail("alice@example.com", LETTER.template, LETTER.subject, dict(LETTER.facts))
    [sent] = mailbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.subject == LETTER.subject
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    html, media_type = sent.alternatives[0]
    assert media_type == "text/html"
    assert "<b>laptop</b>" in str(sent.body)
    assert "&lt;b&gt;laptop&lt;/b&gt;" in str(html)
    for part in (str(sent.body), str(html)):
        assert f"{settings.SITE_URL}/settings/tokens" in part
        assert "Firefox on Linux" in part


def test_every_mail_has_both_halves() -> None:
    folder = Path(mail.__file__).parent.parent / "templates" / "emails"
    texts = {path.stem for path in folder.glob("*.txt")}
    assert texts == {path.stem for path in folder.glob("*.html")}
    assert texts >= {"token_issued", "token_leaked", "code_guessing"}
