"""One's own releases, as the API finds them."""

from django.shortcuts import get_object_or_404

from accounts.actor import Actor
from accounts.scopes import Scope
from releases.models import Release


def own_release(actor: Actor, public_id: str) -> Release:
    """Return a release that an actor sells; raises MissingScope, or Http404 for anybody else's."""
    actor.require_scope(Scope.SELL)
    own = Release.objects.sold_by(actor).with_listing().with_artifact()
    return get_object_or_404(own, public_id=public_id)
