"""Names that vendors and organizations go by: taken once, for ever, and never close to another."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.errors import InvalidNamespace
from accounts.models import Namespace
from accounts.reserved_names import RESERVED

_SHORTEST, _LONGEST = 2, 39
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What a hasty reader takes for one another; order matters: letters first, then pairs.
_LOOK_ALIKES = (("0", "o"), ("1", "l"), ("i", "l"), ("rn", "m"), ("vv", "w"))


def skeleton(slug: str) -> str:
    """Return what a slug looks like at a glance: look-alikes folded, hyphens dropped.

    Folding digits and `rn` follows the confusables of Unicode Technical Standard 39 for ASCII.
    """
    folded = slug.replace("-", "")
    for seen, taken_for in _LOOK_ALIKES:
        folded = folded.replace(seen, taken_for)
    return folded


_RESERVED_SKELETONS = frozenset(skeleton(name) for name in RESERVED)


def claim_namespace(slug: str, *, by: Actor, now: datetime) -> Namespace:
    """Take a name for good; raises SignInRequired, or InvalidNamespace with what to change."""
    by.require_user()
    _refuse_malformed(slug)
    if skeleton(slug) in _RESERVED_SKELETONS:
        raise InvalidNamespace(f"{slug!r} is reserved, or looks like a name that is.")
    try:
        # Two claims at once: the database lets one through.
        with transaction.atomic():
            return Namespace.objects.create(slug=slug, skeleton=skeleton(slug), created_at=now)
    except IntegrityError as error:
        raise InvalidNamespace(_why_not(slug)) from error


def _refuse_malformed(slug: str) -> None:
    if not _SHORTEST <= len(slug) <= _LONGEST:
        raise InvalidNamespace(f"Choose a name of {_SHORTEST} to {_LONGEST} characters.")
    if _WORDS.fullmatch(slug) is None:
        raise InvalidNamespace(
            "Use lower-case letters, digits and single hyphens, a letter or digit at both ends."
        )


def _why_not(slug: str) -> str:
    if Namespace.objects.filter(slug=slug).exists():
        return f"{slug!r} is taken."
    return f"{slug!r} looks like a name that is taken."
