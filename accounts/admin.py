"""Accounts in the admin: to find and look at; what changes them is an operation, which audits."""

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actor import Actor
from accounts.http import origin_of
from accounts.models import (
    Credential,
    Invitation,
    Membership,
    Namespace,
    Organization,
    SpendPolicy,
    User,
)
from audit.actions import Action
from audit.log import record

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin  # not subscriptable when it runs

# The sign-in library's tables: empty here, or nobody's to edit.
for _model in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
admin.site.unregister(Group)


class AuditedAdmin(_ModelAdmin):
    """Puts every edit into the trail, in the transaction that makes it.

    Fields are named, values are not: they may be personal data.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record what was added."""
        self._record(request, obj, "added", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Record what was changed."""
        self._record(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Record what is about to be deleted."""
        for obj in queryset:
            self._record(request, obj, "deleted", [])
        return super().log_deletions(request, queryset)

    def _record(self, request: HttpRequest, obj: Model, verb: str, message: Any) -> None:
        assert isinstance(request.user, User)
        record(
            Action.ADMIN_EDITED,
            by=Actor.staff(request.user, origin=origin_of(request)).who,
            now=timezone.now(),
            subject=f"{obj._meta.model_name}:{obj.pk}",
            data={"verb": verb, "message": message},
        )


class LookOnlyAdmin(_ModelAdmin):
    """Shows rows and changes none."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows are made by operations, which audit."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False


@admin.register(User)
class UserAdmin(LookOnlyAdmin):
    """People, found by name, address or opaque id."""

    list_display = ("username", "public_id", "display_name", "is_active", "is_staff", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "email__exact", "public_id__exact")
    ordering = ("-pk",)
    fields = (
        "public_id",
        "username",
        "display_name",
        "email",
        "avatar_url",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "created_at",
        "last_login",
        "deleted_at",
    )
    readonly_fields = fields


@admin.register(Credential)
class CredentialAdmin(LookOnlyAdmin):
    """Credentials without their digests."""

    list_display = ("public_id", "user", "kind", "label", "scope", "last_used_at", "revoked_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("public_id__exact", "user__username__exact", "prefix__startswith")
    ordering = ("-pk",)
    exclude = ("digest",)


@admin.register(Namespace)
class NamespaceAdmin(LookOnlyAdmin):
    """Names that are taken."""

    list_display = ("slug", "public_id", "created_at")
    search_fields = ("slug__startswith", "public_id__exact")
    ordering = ("-pk",)


@admin.register(Organization)
class OrganizationAdmin(LookOnlyAdmin):
    """Organizations, found by the name they go by or by opaque id."""

    list_display = ("public_id", "namespace__slug", "name", "created_at", "deleted_at")
    list_select_related = ("namespace",)
    search_fields = ("namespace__slug__startswith", "public_id__exact")
    ordering = ("-pk",)


@admin.register(Membership)
class MembershipAdmin(LookOnlyAdmin):
    """Who belongs to which organization, and as what."""

    list_display = ("public_id", "organization", "user", "role", "joined_at")
    list_filter = ("role",)
    list_select_related = ("organization__namespace", "user")
    search_fields = ("organization__namespace__slug__exact", "user__username__exact")
    ordering = ("-pk",)


@admin.register(Invitation)
class InvitationAdmin(LookOnlyAdmin):
    """Invitations without the digests of their tokens."""

    list_display = ("public_id", "organization", "email", "role", "state", "expires_at")
    list_filter = ("state", "role")
    list_select_related = ("organization__namespace",)
    search_fields = ("public_id__exact", "organization__namespace__slug__exact", "email__iexact")
    ordering = ("-pk",)
    exclude = ("digest",)


@admin.register(SpendPolicy)
class SpendPolicyAdmin(LookOnlyAdmin):
    """Spend policies of people and organizations."""

    list_display = ("public_id", "name", "user", "organization", "is_active", "deleted_at")
    list_filter = ("is_active",)
    list_select_related = ("user", "organization__namespace")
    search_fields = ("public_id__exact", "user__username__exact")
    ordering = ("-pk",)


@admin.register(Group)
class AuditedGroupAdmin(AuditedAdmin, GroupAdmin):
    """Groups of staff and what they may do."""
