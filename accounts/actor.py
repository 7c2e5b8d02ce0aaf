"""Who acts: one frozen value, built once a request, that every operation takes as `by`."""

from dataclasses import dataclass

from accounts.errors import MissingScope, RoleRequired, SignInRequired, StepUpRequired
from accounts.models import Credential, Organization, Role, SpendPolicy, User
from accounts.scopes import ALL_SCOPES, Scope
from audit.who import ActorKind, Origin, Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A user with a credential, or staff, or the system itself, or nobody.

    policy: what the credential may spend; None for a browser session, whose person approves each
    price.
    role: what the user is in `organization`, which they act for.
    stepped_up: whether the person proved their identity in the last ten minutes; never true for a
    token.
    """

    kind: ActorKind
    user: User | None = None
    credential: Credential | None = None
    scopes: frozenset[Scope] = frozenset()
    policy: SpendPolicy | None = None
    organization: Organization | None = None
    role: Role | None = None
    stepped_up: bool = False
    origin: Origin = Origin()

    @classmethod
    def anonymous(cls, *, origin: Origin) -> "Actor":
        """Return nobody, from somewhere."""
        return cls(kind=ActorKind.ANONYMOUS, origin=origin)

    @classmethod
    def system(cls) -> "Actor":
        """Return the service itself: tasks and management commands."""
        return cls(kind=ActorKind.SYSTEM, scopes=ALL_SCOPES)

    @classmethod
    def staff(cls, user: User, *, origin: Origin) -> "Actor":
        """Return a member of staff at work in the admin."""
        return cls(kind=ActorKind.STAFF, user=user, scopes=ALL_SCOPES, origin=origin)

    @classmethod
    def of(cls, credential: Credential, *, origin: Origin, stepped_up: bool = False) -> "Actor":
        """Return the actor a credential stands for; it brings user, policy and organization.

        Only an internal credential can be stepped up: a token never proves a present person.
        """
        return cls(
            kind=ActorKind.USER,
            user=credential.user,
            credential=credential,
            scopes=credential.scopes,
            policy=credential.spend_policy,
            organization=credential.organization,
            role=Role(credential.role) if credential.role else None,
            stepped_up=stepped_up and credential.is_internal,
            origin=origin,
        )

    @property
    def is_authenticated(self) -> bool:
        """Tell whether there is a user."""
        return self.user is not None

    @property
    def who(self) -> Who:
        """Return what the audit trail may know of the actor."""
        return Who(
            kind=self.kind,
            user_id=self.user.public_id if self.user else "",
            credential_id=self.credential.public_id if self.credential else "",
            organization_id=self.organization.public_id if self.organization else "",
            origin=self.origin,
        )

    @property
    def party(self) -> User | Organization:
        """Return for whom they act: the organization, or themselves; raises SignInRequired."""
        return self.organization or self.require_user()

    @property
    def organization_key(self) -> int | None:
        """Return the key of the organization that they act for, for queries."""
        return self.organization.pk if self.organization else None

    @property
    def may_manage(self) -> bool:
        """Tell whether they may do all for whom they act, and not only use what is there."""
        return self.organization is None or (self.role is not None and self.role.covers(Role.ADMIN))

    def require_manager(self) -> None:
        """Raise RoleRequired for a mere member of the organization that they act for.

        What sells, sets limits or lets money out is an admin's (SPEC 2.5); members buy and install.
        """
        if not self.may_manage:
            raise RoleRequired(Role.ADMIN)

    def require_user(self) -> User:
        """Return the user; raises SignInRequired when there is none."""
        if self.user is None:
            raise SignInRequired
        return self.user

    def require_scope(self, scope: Scope) -> User:
        """Return the user of a credential with the scope; raises SignInRequired or MissingScope.

        Selling for an organization takes more than the scope, and raises as `require_manager`.
        """
        user = self.require_user()
        if scope not in self.scopes:
            raise MissingScope(scope)
        if scope == Scope.SELL:
            self.require_manager()
        return user

    def require_step_up(self) -> User:
        """Return the user who proved their identity just now, in a browser.

        Raises SignInRequired or StepUpRequired.
        """
        user = self.require_user()
        if not self.stepped_up:
            raise StepUpRequired
        return user
