"""What others do for an organization while its owner deletes it (`tests.racing`)."""

import time
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from accounts.errors import OrganizationInUse
from accounts.models import Organization, Role, User
from catalog.errors import ListingRetired
from catalog.models import ListingTransfer
from mog_site import organization_deletion
from payments import card_purchases, idempotency, top_ups
from payments.sale_terms import Wanted
from payments.stripe_port import ProviderError
from releases import handovers, publishing
from releases.models import Release
from tests.transfers import present


def delete_or_fill(number: int, owner: str, offers: str, releases: str) -> str:
    """Delete it as the first caller, as the others take what is offered to it, or publish."""
    by, now = present(User.objects.get(pk=int(owner))), timezone.now()
    try:
        if number == 0:
            own = Organization.objects.get(memberships__user=by.user)
            organization_deletion.delete(own, by=by, now=now)
        elif number % 2:
            taken = ListingTransfer.objects.with_sides().get(public_id=offers.split()[number // 2])
            handovers.accept(taken, by=by, now=now)
        else:
            _publish(Release.objects.get(pk=int(releases.split()[number // 2 - 1])))
    except (OrganizationInUse, Organization.DoesNotExist, ListingRetired) as refusal:
        return type(refusal).__qualname__
    return "done"


@transaction.atomic
def _publish(release: Release) -> None:
    publishing.publish_accepted(release, by=present(release.uploaded_by), now=timezone.now())


def delete_or_pay(number: int, owner: str, listing: str) -> str:
    """Delete it, slowly, as the first caller, as the others order by card or top up meanwhile."""
    user = User.objects.get(pk=int(owner))
    own = Organization.objects.get(memberships__user=user)
    by, now = replace(present(user), organization=own, role=Role.OWNER), timezone.now()
    try:
        if number == 0:
            with transaction.atomic():
                organization_deletion.delete(own, by=by, now=now)
                time.sleep(2)
            return "deleted"
        time.sleep(0.5)
        if number % 2:
            card_purchases.place(Wanted(listing=listing), by=by, now=now)
        else:
            asked = idempotency.keyed("top-up", route="POST /test", body={})
            top_ups.start(asked, amount_cents=500, by=by, now=now)
    except (OrganizationInUse, Organization.DoesNotExist) as refusal:
        return type(refusal).__qualname__
    except ProviderError:  # nobody is there; the row is
        pass
    return "begun"
