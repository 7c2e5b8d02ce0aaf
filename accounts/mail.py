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

RETRIES = 5
# What a mail server may recover from; every other refusal of one is for good.
PASSING = (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError)


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
    autoretry_for=PASSING,
    retry_backoff=True,
    max_retries=RETRIES,
)
def send_mail(to: str, template: str, subject: str, facts: dict[str, object]) -> None:
    """Write and send one mail; a second run, after a lost worker, sends it a second time."""
    deliver(Letter(template=template, subject=subject, facts=facts), to=to)


def deliver(letter: Letter, *, to: str, message_id: str = "") -> None:
    """Write and send one mail now; raises what the mail server refuses, `PASSING` or for good.

    message_id: the same for each attempt, so that whoever gets two can know them for one.
    """
    context = {**letter.facts, "subject": letter.subject, "site_url": settings.SITE_URL}
    headers = {"Auto-Submitted": "auto-generated"}  # RFC 3834 section 5
    if message_id:
        headers["Message-ID"] = message_id
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=render_to_string(f"emails/{letter.template}.txt", context),
        to=[to],
        headers=headers,
    )
    html = render_to_string(f"emails/{letter.template}.html", context)
    mail.attach_alternative(html, "text/html")
    mail.send()
