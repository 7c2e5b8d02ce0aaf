"""Tokens found where everybody can read them: revoked at once, their owners told.

Possession is the proof: whoever can report a token could also have used it.
"""

import re
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import mail, tokens
from accounts.actor import Actor
from accounts.mail import Letter
from accounts.models import Credential
from audit.actions import Action
from audit.log import record

# Words such as "content" or "issue_title"; anything else a stranger says of itself is not kept.
_SOURCE = re.compile(r"[a-z_]{1,40}")
_OTHER_SOURCE = "other"
_UPLOAD = "upload"


def revoke_leaked(token: str, *, source: str, by: Actor, now: datetime) -> bool:
    """End a token that was found in public; tell whether it is one of ours, alive or not.

    source: what kind of place it was found in, such as `commit`.
    Doing it twice changes nothing and tells nobody again.
    """
    found = tokens.find(token)
    if found is None:
        return False
    if found.is_live(now=now):
        _revoke(found, source=source, place="in public", by=by, now=now)
    return True


def revoke_uploaded(digests: Collection[str], *, now: datetime) -> None:
    """End the tokens that a scan has found in an upload, known by their digests.

    Each in a transaction of its own; doing it twice changes nothing and tells nobody again.
    """
    live = Credential.objects.with_actor().live(now=now).filter(digest__in=digests)
    for credential in live.order_by("pk"):
        place = "in a package that was uploaded here"
        _revoke(credential, source=_UPLOAD, place=place, by=Actor.system(), now=now)


@transaction.atomic
def _revoke(credential: Credential, *, source: str, place: str, by: Actor, now: datetime) -> None:
    if not tokens.revoke(credential, by=by, now=now, reason="leaked"):
        return
    kept = source if _SOURCE.fullmatch(source) else _OTHER_SOURCE
    record(
        Action.TOKEN_LEAKED,
        by=by.who,
        now=now,
        subject=credential.subject,
        data={"source": kept, "owner": credential.user.public_id},
    )
    # Not the address: what a stranger names has no place in a mail that people trust.
    facts = {
        "place": place,
        "label": credential.label,
        "prefix": credential.prefix,
        "reported_at": f"{now:%Y-%m-%d %H:%M} UTC",
    }
    letter = Letter(template="token_leaked", subject="A token of yours was revoked", facts=facts)
    mail.send_on_commit(letter, to=credential.user.email)
