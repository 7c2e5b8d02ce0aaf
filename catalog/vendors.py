"""Become a vendor, and say who that is."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction

from accounts import memberships
from accounts.actor import Actor
from accounts.errors import InvalidNamespace
from accounts.models import Namespace
from accounts.namespaces import claim_namespace
from accounts.scopes import Scope
from audit.actions import Action
from audit.log import record
from catalog import listings
from catalog.errors import InvalidVendor
from catalog.models import Vendor
from catalog.models.vendor import SLUG_LENGTH

_BIO_LENGTH = 500
_NAME_LENGTH = 80
_is_https = URLValidator(schemes=["https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a vendor says of itself."""

    display_name: str
    bio: str = ""
    website: str = ""


def open_vendor(*, slug: str, profile: Profile, by: Actor, now: datetime) -> Vendor:
    """Take a name and sell under it, for the actor's organization if it acts for one.

    Raises SignInRequired, MissingScope, RoleRequired, InvalidNamespace, InvalidVendor, and
    Organization.DoesNotExist for one that was deleted meanwhile.
    """
    user = by.require_scope(Scope.SELL)
    checked = _checked(profile)
    if len(slug) > SLUG_LENGTH:
        raise InvalidNamespace(f"Choose a name of at most {SLUG_LENGTH} characters.")
    with transaction.atomic():
        memberships.hold_party(by)
        namespace = _namespace(slug, by=by, now=now)
        try:
            with transaction.atomic():
                vendor = Vendor.objects.create(
                    namespace=namespace,
                    slug=namespace.slug,
                    user=None if by.organization else user,
                    organization=by.organization,
                    display_name=checked.display_name,
                    bio=checked.bio,
                    website=checked.website,
                    created_at=now,
                )
        except IntegrityError as error:
            raise InvalidVendor("slug", "This organization sells already.") from error
        record(Action.VENDOR_OPENED, by=by.who, now=now, subject=vendor.subject)
    return vendor


def edit_profile(vendor: Vendor, profile: Profile, *, by: Actor, now: datetime) -> None:
    """Change what a vendor says of itself; raises InvalidVendor."""
    by.require_scope(Scope.SELL)
    checked = _checked(profile)
    with transaction.atomic():
        Vendor.objects.filter(pk=vendor.pk).update(
            display_name=checked.display_name, bio=checked.bio, website=checked.website
        )
        record(Action.VENDOR_EDITED, by=by.who, now=now, subject=vendor.subject)


def set_verified(vendor: Vendor, *, is_verified: bool, by: Actor, now: datetime) -> None:
    """Give or take the badge; doing either twice is done once."""
    with transaction.atomic():
        changed = vendor.verify(now=now) if is_verified else vendor.unverify()
        if not changed:
            return
        listings.show_badge(vendor, is_verified=is_verified)
        data = {"verified": is_verified}
        record(Action.VENDOR_VERIFIED, by=by.who, now=now, subject=vendor.subject, data=data)


def is_active(vendor: Vendor) -> bool:
    """Tell whether there is still somebody behind a vendor."""
    if vendor.organization is not None:
        return vendor.organization.deleted_at is None
    return vendor.user is not None and vendor.user.is_active


def _namespace(slug: str, *, by: Actor, now: datetime) -> Namespace:
    """Return the organization's own name when it asks for that, a fresh one otherwise."""
    if by.organization is not None and by.organization.namespace.slug == slug:
        return by.organization.namespace
    return claim_namespace(slug, by=by, now=now)


def _checked(profile: Profile) -> Profile:
    name, bio, website = (
        text.strip() for text in (profile.display_name, profile.bio, profile.website)
    )
    if not 0 < len(name) <= _NAME_LENGTH or not name.isprintable():
        raise InvalidVendor("display_name", f"Use 1 to {_NAME_LENGTH} printable characters.")
    if len(bio) > _BIO_LENGTH or not all(line.isprintable() for line in bio.splitlines()):
        raise InvalidVendor("bio", f"Use at most {_BIO_LENGTH} printable characters.")
    try:
        if website:
            _is_https(website)
    except ValidationError as error:
        raise InvalidVendor("website", "Give a full address that begins with https://.") from error
    return Profile(display_name=name, bio=bio, website=website)
