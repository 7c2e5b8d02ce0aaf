"""Send a templated mail: text and HTML, from a worker, after the change it tells of is committed.

A mail never carries a secret: its facts travel through the broker in plain text.
"""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass, field

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

_RETRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to tell. `facts` is JSON for `emails/<template>.txt` and `.html`."""

    template: str
    subject: str
    facts: Mapping[str, object] = field(default_factory=dict)


def send_on_commit(letter: Letter, *, to: str) -> None:
    """Hand a letter to a worker once the caller's transaction stands; no address, no mail.

    A broker that is away loses the mail and says so in the log; the change it tells of stays.
    """
    if not to:
        return

    def enqueue() -> None:
        send_mail.delay(to, letter.template, letter.subject, dict(letter.facts))

    transaction.on_commit(enqueue, robust=True)


@shared_task(
    name="accounts.send_mail",
    # Every other refusal of a mail server is for good.
    autoretry_for=(smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError),
    retry_backoff=True,
    max_retries=_RETRIES,
)
def send_mail(to: str, template: str, subject: str, facts: dict[str, object]) -> None:
    """Write and send one mail; a second run, after a lost worker, sends it a second time."""
    context = facts | {"subject": subject, "site_url": settings.SITE_URL}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(f"emails/{template}.txt", context),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},  # RFC 3834 section 5
    )
    mail.attach_alternative(render_to_string(f"emails/{template}.html", context), "text/html")
    mail.send()
