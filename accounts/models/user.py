"""The person behind an account."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.public_id import PublicIdField


class UserManager(BaseUserManager["User"]):
    """Creates users without passwords: sign-in is the providers' business."""

    def create_user(self, username: str, **fields: Any) -> "User":
        """Return a saved user."""
        user = self.model(username=username, **fields)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """An account. It has no password column: nobody can sign in with one."""

    password = None  # type: ignore[assignment]  # removes the inherited column

    public_id = PublicIdField("usr")
    username = models.CharField(max_length=39, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=80, blank=True)
    avatar_url = models.URLField(max_length=500, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Raising it ends every web session of the user at once.
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(username__regex=r"^[a-z0-9](?:-?[a-z0-9]){0,38}$"),
                name="accounts_user_username_shape",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at__isnull=True) | models.Q(is_active=False),
                name="accounts_user_deleted_is_inactive",
            ),
            # Only addresses a provider has verified are stored: one is one person's.
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="accounts_user_email_unique",
                violation_error_message="Another account has this address.",
            ),
        ]

    @property
    def name(self) -> str:
        """Return what to call the person on a page."""
        return self.display_name or self.username

    def has_usable_password(self) -> bool:
        """Answer the sign-in library: never."""
        return False

    def set_unusable_password(self) -> None:
        """Accept the sign-in library's request to have no password: there is no column for one."""

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django ties a session to the password hash; ours is tied to the epoch.
        return salted_hmac(
            "accounts.User.session_epoch",
            f"{self.pk}:{self.session_epoch}",
            secret=secret or settings.SECRET_KEY,
            algorithm="sha256",
        ).hexdigest()
