"""What tests of accounts share."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from mog_site.celery import app


@pytest.fixture
def mailbox() -> Iterator[list[EmailMessage]]:
    """The mails that were sent, by a worker that works at once."""
    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True
    yield mail.outbox
    app.conf.task_always_eager = False
    app.conf.task_eager_propagates = False
